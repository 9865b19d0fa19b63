#include "sim/rush_line.h"

#include <algorithm>

#include "support/server_codec.h"

namespace wsm::sim {

RushLine::RushLine(ConnectionId id, const RushFeed& feed, Dice& dice)
    : id_(id), feed_(feed), dice_(dice), lag_(dice.between({}, kLagMax)) {
  first_.fill(kNever);
}

void RushLine::handle_written(std::string_view bytes, TimePoint now) {
  input_ += bytes;
  if (!is_upgraded_) {
    const std::size_t end = input_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    output_ = test::upgrade_response(test::key_of(input_));
    input_.erase(0, end + 4);
    is_upgraded_ = true;
  }
  std::string_view left = input_;
  std::string_view fault;
  while (const auto frame = test::take_client_frame(left, fault)) {
    if (frame->opcode == Opcode::kClose && !closing_at_) {
      closing_at_ = now;
      end_ = feed_.published(now);
    } else if (const auto request = parse_request(frame->payload)) {
      handle_request(*request, now);
    }
  }
  input_.erase(0, input_.size() - left.size());
}

void RushLine::handle_request(const Request& request, TimePoint now) {
  if (closing_at_) return;
  for (const Topic topic : request.topics) {
    Index& first = first_[topic.value()];
    if (first == kNever) first = feed_.published(now + dice_.between({}, kFirstDataMax));
  }
  cursor_ = std::max(cursor_, feed_.published(now));
  answers_.emplace_back(now + dice_.between({}, kAnswerMax), request.id);
}

void RushLine::kill(TimePoint now) {
  is_killed_ = true;
  end_ = std::min(end_, feed_.published(now));
}

std::string RushLine::take_output(TimePoint now, std::vector<Index>& arrived) {
  std::string bytes = std::exchange(output_, {});
  while (!answers_.empty() && answers_.front().first <= now && !closing_at_) {
    bytes += test::server_text("A " + std::to_string(answers_.front().second));
    answers_.pop_front();
  }
  const Index until = std::min(feed_.published(now - lag_), end_);
  for (; cursor_ < until; ++cursor_) {
    const Topic topic = RushFeed::topic_of(cursor_);
    if (cursor_ < first_[topic.value()]) continue;
    bytes += test::server_text(feed_.payload(topic, RushFeed::sequence_of(cursor_)));
    arrived.push_back(cursor_);
  }
  if (closing_at_ && now >= *closing_at_ + lag_ && !is_finished_) {
    bytes += test::server_close(1000);
    is_finished_ = true;
  }
  return bytes;
}

bool RushLine::brings_all() const {
  return std::ranges::all_of(first_, [this](Index first) {
    return first != kNever && first + RushFeed::kTopics <= cursor_;
  });
}

}  // namespace wsm::sim
