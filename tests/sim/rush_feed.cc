#include "sim/rush_feed.h"

#include "sim/trace.h"

namespace wsm::sim {
namespace {

/// A run is up to five messages long.
char repeated_payload(Topic topic, Sequence sequence) {
  const std::uint64_t length = 1 + mix(topic.value(), sequence / 64) % 5;
  return static_cast<char>('p' + mix(topic.value() + 1, sequence - sequence % length) % 3);
}

}  // namespace

std::string RushFeed::payload(Topic topic, Sequence sequence) const {
  std::string text = std::to_string(topic.value()) + ' ';
  if (kind_ == RushFeedKind::kRepeats) return text + repeated_payload(topic, sequence);
  return text + std::to_string(sequence);
}

Inspected RushFeed::inspect(Topic topic, Sequence sequence) const {
  Inspected data{.role = MessageRole::kData, .subscription = topic};
  if (kind_ == RushFeedKind::kNumbers) data.numbering.sequence = sequence;
  if (kind_ == RushFeedKind::kKeys) data.numbering.key = sequence;
  return data;
}

}  // namespace wsm::sim
