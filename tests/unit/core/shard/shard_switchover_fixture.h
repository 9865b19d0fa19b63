#pragma once

#include <vector>

#include "support/world_fixture.h"

namespace wsm::test {

class ShardSwitchoverFixture : public WorldFixture {
 protected:
  Result<void> switch_over() {
    auto begun = world->core.hot_switchover(ShardId{0}, world->now);
    world->pump();
    return begun;
  }

  /// Begins a switchover and holds it in `phase`.
  void reach(SwitchoverPhase phase) {
    world->behaviour.answers_prepare = phase != SwitchoverPhase::kOpening;
    world->behaviour.answers_render = phase != SwitchoverPhase::kSubscribing;
    ASSERT_TRUE(switch_over());
  }

  /// Lets the standby that reach(kOpening) holds open.
  void open_standby() {
    world->behaviour.answers_prepare = true;
    world->core.handle_prepared(world->newest(), Preparation{.url = world->behaviour.url},
                                world->now);
    world->pump();
  }

  /// Of all switchovers that have ended.
  [[nodiscard]] std::vector<SwitchoverOutcome> outcomes() const {
    std::vector<SwitchoverOutcome> result;
    for (const auto& event : world->events_of<event::SwitchoverFinished>()) {
      result.push_back(event.outcome);
    }
    return result;
  }

  /// The connection that serves.
  [[nodiscard]] ConnectionId serving() const { return {ShardId{0}, world->shard().generation}; }
};

}  // namespace wsm::test
