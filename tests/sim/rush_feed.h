#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "core/subscription/inspected.h"
#include "sim/feed.h"

namespace wsm::sim {

/// What a dense feed tells of its messages.
enum class RushFeedKind : std::uint8_t {
  kNumbers,
  kKeys,
  kPayloads,  ///< Nothing; each payload comes once.
  kRepeats,   ///< Nothing; there are three payloads, which come in runs.
};

inline constexpr RushFeedKind kRushFeedKinds[] = {RushFeedKind::kNumbers, RushFeedKind::kKeys,
                                                  RushFeedKind::kPayloads, RushFeedKind::kRepeats};

[[nodiscard]] constexpr std::string_view to_string(RushFeedKind kind) {
  switch (kind) {
    case RushFeedKind::kNumbers: return "numbers";
    case RushFeedKind::kKeys: return "keys";
    case RushFeedKind::kPayloads: return "payloads";
    case RushFeedKind::kRepeats: return "repeats";
  }
  return "unknown";
}

/// Ten thousand messages a second, of a few topics in turn. Everything about a message follows from
/// its index.
class RushFeed {
 public:
  using Index = std::uint64_t;

  static constexpr Duration kPause = std::chrono::microseconds{100};
  static constexpr std::uint64_t kTopics = 5;

  RushFeed(RushFeedKind kind, TimePoint begin) : kind_(kind), begin_(begin) {}

  [[nodiscard]] RushFeedKind kind() const { return kind_; }
  /// How many have been published by then.
  [[nodiscard]] Index published(TimePoint when) const {
    return when < begin_ ? 0 : static_cast<Index>((when - begin_) / kPause);
  }
  [[nodiscard]] static Topic topic_of(Index index) {
    return Topic{static_cast<Topic::rep>(index % kTopics)};
  }
  [[nodiscard]] static Sequence sequence_of(Index index) { return index / kTopics + 1; }
  [[nodiscard]] static Index index_of(Topic topic, Sequence sequence) {
    return (sequence - 1) * kTopics + topic.value();
  }
  /// "3 17" for message 17 of topic 3, or "3 r" where payloads repeat.
  [[nodiscard]] std::string payload(Topic topic, Sequence sequence) const;
  [[nodiscard]] Inspected inspect(Topic topic, Sequence sequence) const;

 private:
  const RushFeedKind kind_;
  const TimePoint begin_;
};

}  // namespace wsm::sim
