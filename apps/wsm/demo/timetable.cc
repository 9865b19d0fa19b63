#include "demo/timetable.h"

#include <algorithm>
#include <array>

#include "base/rng.h"

namespace wsm::demo {

std::vector<Appointment> plan_timetable(Duration length, std::size_t shards, std::uint64_t seed) {
  struct Row {
    Incident incident;
    int tenths;  // Of the length.
  };
  constexpr std::array<Row, kIncidents> kOrder{{{Incident::kCut, 2},
                                                {Incident::kSilence, 4},
                                                {Incident::kLeave, 6},
                                                {Incident::kDrain, 7},
                                                {Incident::kSwitchover, 8}}};
  SeededRng rng{seed};
  std::uint64_t shard = rng.below(shards);
  std::vector<Appointment> timetable;
  for (const auto& [incident, tenths] : kOrder) {
    timetable.push_back(
        {length * tenths / 10, incident, ShardId{static_cast<std::uint32_t>(shard++ % shards)}});
  }
  return timetable;
}

Duration end_of_publishing(Duration length) {
  using namespace std::chrono_literals;
  return length - std::clamp<Duration>(length / 20, 300ms, 1s);
}

}  // namespace wsm::demo
