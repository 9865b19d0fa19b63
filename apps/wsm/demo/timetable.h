#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <wsm/types.h>

namespace wsm::demo {

/// What is made to happen to one connection.
enum class Incident : std::uint8_t {
  kCut,         ///< The venue resets it.
  kSilence,     ///< The venue sends no data on it any more, but answers pings.
  kLeave,       ///< The venue closes it with 1012.
  kDrain,       ///< The venue says that it is going to close it, and does so a while later.
  kSwitchover,  ///< The application asks for a hot switchover.
};

[[nodiscard]] constexpr std::string_view to_string(Incident incident) {
  switch (incident) {
    case Incident::kCut: return "cut";
    case Incident::kSilence: return "silent";
    case Incident::kLeave: return "asked to leave";
    case Incident::kDrain: return "drain notice";
    case Incident::kSwitchover: return "hot switchover";
  }
  return "unknown";
}

/// Whether messages that were sent on its connection can be lost with it. A reset discards what is
/// on its way; nothing else does.
[[nodiscard]] constexpr bool may_lose_sent(Incident incident) { return incident == Incident::kCut; }

/// Whether messages can find nobody who is subscribed because of it. What is planned leaves no such
/// time.
[[nodiscard]] constexpr bool may_lose_unsent(Incident incident) {
  return incident != Incident::kDrain && incident != Incident::kSwitchover;
}

/// Whether it is answered by a second connection next to the first, so that messages can arrive
/// twice, and later than younger ones.
[[nodiscard]] constexpr bool may_overlap(Incident incident) {
  return incident != Incident::kCut && incident != Incident::kLeave;
}

inline constexpr std::size_t kIncidents = 5;

struct Appointment {
  Duration at;  ///< From the beginning of the demo.
  Incident incident;
  ShardId shard;

  friend bool operator==(const Appointment&, const Appointment&) = default;
};

/// One incident of each kind at 20, 40, 60, 70 and 80 % of `length`, on different shards as long as
/// there are enough of them; which comes first is up to `seed`.
[[nodiscard]] std::vector<Appointment> plan_timetable(Duration length, std::size_t shards,
                                                      std::uint64_t seed);

/// When publishing stops, so that what is on its way can arrive before the end.
[[nodiscard]] Duration end_of_publishing(Duration length);

}  // namespace wsm::demo
