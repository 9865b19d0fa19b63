#include "demo/timetable.h"

#include <algorithm>
#include <array>

#include "base/rng.h"

namespace wsm::demo {

std::vector<Appointment> plan_timetable(Duration length, std::size_t shards, std::uint64_t seed) {
  constexpr std::array<Incident, kIncidents> kOrder{Incident::kCut, Incident::kSilence,
                                                    Incident::kLeave, Incident::kSwitchover};
  SeededRng rng{seed};
  std::uint64_t shard = rng.below(shards);
  std::vector<Appointment> timetable;
  for (const Incident incident : kOrder) {
    const auto place = static_cast<int>(timetable.size()) + 1;
    timetable.push_back(
        {length * place / 5, incident, ShardId{static_cast<std::uint32_t>(shard++ % shards)}});
  }
  return timetable;
}

Duration end_of_publishing(Duration length) {
  using namespace std::chrono_literals;
  return length - std::clamp<Duration>(length / 20, 300ms, 1s);
}

}  // namespace wsm::demo
