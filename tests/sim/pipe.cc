#include "sim/pipe.h"

#include <algorithm>

namespace wsm::sim {

void Pipe::write(std::string_view bytes) {
  if (bytes.empty() || has_finished_ || end_ || is_black_hole_) return;
  bytes_ += bytes;
  std::size_t left = bytes.size();
  if (left > 1 && dice_.once_in(quality_.cuts_one_segment_in)) {
    const auto first = static_cast<std::size_t>(dice_.between(std::uint64_t{1}, left - 1));
    send(first, false);
    left -= first;
  }
  send(left, false);
}

void Pipe::finish() {
  if (std::exchange(has_finished_, true) || end_ || is_black_hole_) return;
  send(0, true);
}

void Pipe::reset() {
  if (end_ == StreamEnd::kReset || is_black_hole_) return;
  bytes_.resize(arrived_);
  bytes_.erase(0, read_);
  read_ = arrived_ = 0;
  bytes_.clear();
  under_way_.clear();
  has_finished_ = true;
  end_ = StreamEnd::kReset;
  // Told as everything else: by a task, never inside the call of somebody else.
  world_.after({}, [self = shared_from_this()] {
    if (self->on_arrival) self->on_arrival();
  });
}

void Pipe::consume(std::size_t count) {
  read_ += count;
  if (read_ != bytes_.size()) return;
  bytes_.clear();
  read_ = arrived_ = 0;
}

std::optional<StreamEnd> Pipe::end() const {
  if (read_ != arrived_ || !under_way_.empty()) return std::nullopt;
  return end_;
}

void Pipe::send(std::size_t bytes, bool is_end) {
  Duration travel = quality_.latency;
  if (quality_.jitter > Duration::zero()) travel += dice_.between({}, quality_.jitter);
  sent_at_ = std::max(sent_at_, world_.now());
  if (quality_.bytes_per_second > 0) {
    sent_at_ +=
        Duration{static_cast<Duration::rep>(bytes * 1'000'000'000U / quality_.bytes_per_second)};
  }
  // One after the other, so that a cut is seen as one.
  last_arrival_ = std::max(last_arrival_ + Duration{1}, sent_at_ + travel);
  under_way_.push_back({last_arrival_, bytes, is_end});
  await_next();
}

/// One task at a time is under way for the whole pipe.
void Pipe::await_next() {
  if (is_awaiting_ || under_way_.empty()) return;
  is_awaiting_ = true;
  world_.at(under_way_.front().arrives, [self = shared_from_this()] { self->arrive(); });
}

void Pipe::arrive() {
  is_awaiting_ = false;
  if (is_black_hole_) return;
  bool is_new = false;
  while (!under_way_.empty() && under_way_.front().arrives <= world_.now()) {
    arrived_ += under_way_.front().bytes;
    if (under_way_.front().is_end) end_ = StreamEnd::kFinished;
    under_way_.pop_front();
    is_new = true;
  }
  await_next();
  if (is_new && on_arrival) on_arrival();
}

}  // namespace wsm::sim
