#include "core/join/alignment.h"

#include <algorithm>
#include <bit>

namespace wsm {

void Alignment::handle_copy(Identity identity) {
  copy_.push_back(identity);
  if (copy_.size() == 1) {
    expected_ = stream_.end();
    find_candidates();
    return examine();
  }
  if (copy_.size() > kGivenUpAfter && candidates_.size() > kCandidatesMax) return;
  const std::size_t last = copy_.size() - 1;
  std::erase_if(candidates_, [&](std::uint64_t place) { return !fits(place, last); });
  examine();
}

void Alignment::handle_stream() {
  if (copy_.empty()) return;
  const std::uint64_t last = stream_.end() - 1;
  std::erase_if(candidates_, [&](std::uint64_t place) {
    const std::uint64_t position = last - place;
    return position < copy_.size() && copy_[position] != stream_.at(last);
  });
  if (stream_.at(last) == copy_.front()) candidates_.push_back(last);
  examine();
}

void Alignment::drop_first() {
  copy_.pop_front();
  candidates_.clear();
  if (copy_.empty()) return;
  find_candidates();
  for (std::size_t position = 1; position < copy_.size(); ++position) {
    std::erase_if(candidates_, [&](std::uint64_t place) { return !fits(place, position); });
  }
  examine();
}

std::optional<std::uint64_t> Alignment::likeliest() const {
  const auto distance = [&](std::uint64_t place) {
    return place > expected_ ? place - expected_ : expected_ - place;
  };
  const auto best = std::ranges::min_element(candidates_, {}, distance);
  return best == candidates_.end() ? std::nullopt : std::optional{*best};
}

/// Whether the copy's message at `position` may be where `candidate` puts it. What the stream has
/// forgotten, or has not brought yet, refutes nothing.
bool Alignment::fits(std::uint64_t candidate, std::size_t position) const {
  const std::uint64_t place = candidate + position;
  if (place < stream_.begin() || place >= stream_.end()) return true;
  return stream_.at(place) == copy_[position];
}

void Alignment::find_candidates() {
  for (std::uint64_t place = stream_.begin(); place < stream_.end(); ++place) {
    if (stream_.at(place) == copy_.front()) candidates_.push_back(place);
  }
}

/// Once proven it stays so, until it is refuted.
void Alignment::examine() {
  const bool is_alone = candidates_.size() == 1;
  if (is_alone && proven_ == candidates_.front()) return;
  proven_.reset();
  if (is_alone && is_convincing(candidates_.front())) proven_ = candidates_.front();
}

bool Alignment::is_convincing(std::uint64_t candidate) const {
  const std::uint64_t first = std::max(candidate, stream_.begin());
  const std::uint64_t last = std::min(candidate + copy_.size(), stream_.end());
  if (first >= last) return false;
  const std::uint64_t matches = last - first;
  if (kind_ == IdentityKind::kKey) return true;
  if (matches < kDistinctMatches) return false;
  if (matches < kMatches) {
    // Each further match repeats the question, so that it is asked seldom: it costs a scan.
    if (matches != kDistinctMatches && !std::has_single_bit(matches)) return false;
    for (std::uint64_t place = last - kDistinctMatches; place < last; ++place) {
      if (!occurs_once(stream_.at(place))) return false;
    }
    return true;
  }
  // Inside of a run there is nothing new to say; so each run is looked through a few times only.
  if (stream_.at(last - 1) == stream_.at(last - 2)) return false;
  std::uint64_t changes = 0;
  for (std::uint64_t place = last - 1; place > first && changes < kRunMatches; --place) {
    if (stream_.at(place) != stream_.at(place - 1)) ++changes;
  }
  return changes >= kRunMatches;
}

bool Alignment::occurs_once(Identity identity) const {
  std::size_t in_stream = 0;
  for (std::uint64_t place = stream_.begin(); place < stream_.end(); ++place) {
    in_stream += stream_.at(place) == identity ? 1 : 0;
  }
  return in_stream == 1 && std::ranges::count(copy_, identity) == 1;
}

}  // namespace wsm
