#include "core/join/alignment.h"

#include <algorithm>
#include <bit>

#include "core/join/overlays.h"

namespace wsm {

void Alignment::handle_copy(Identity identity) {
  copy_.push_back(identity);
  if (copy_.size() == 1) {
    expected_ = stream_.end();
    for (std::uint64_t place = stream_.begin(); place < stream_.end(); ++place) {
      if (stream_.at(place) == identity) candidates_.push_back(place);
    }
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

std::size_t Alignment::drop_foreign(std::size_t most) {
  const auto overlays = find_overlays(stream_, copy_);
  std::size_t dropped = std::min(most, copy_.size());
  for (const Overlay& overlay : overlays) {
    if (overlay.last > 1) dropped = std::min(dropped, std::max<std::size_t>(overlay.first, 1));
  }
  copy_.erase(copy_.begin(), copy_.begin() + static_cast<std::ptrdiff_t>(dropped));
  candidates_.clear();
  for (const auto& [place, first, last] : overlays) {
    if (first <= dropped && dropped < last) candidates_.push_back(place + (dropped - first));
  }
  std::ranges::sort(candidates_);
  examine();
  return dropped;
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
