#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixed_rng.h"
#include "support/world.h"

namespace wsm::test {

/// A world whose clocks are all off but those that a test sets, and whose delays are the longest
/// that jitter allows: 100 ms, 200 ms, 400 ms … up to 30 s.
class WorldFixture : public ::testing::Test {
 protected:
  WorldFixture() {
    config.ping_interval(std::nullopt).pong_timeout(std::nullopt).data_timeout(std::nullopt);
    config.proactive_reconnect_interval(std::nullopt);
  }

  /// Makes the world of `config` as it is now.
  World& make() { return world.emplace(config.build().value(), rng); }

  void start(std::initializer_list<SubscriptionId::rep> ids, std::size_t capacity = 500) {
    if (!world) make();
    world->start(ids, capacity);
  }

  /// Lets the connection of `shard` be lost.
  void cut(ShardId::rep shard = 0) {
    world->server(shard).cut();
    world->pump();
  }

  /// `shard` gets a message that counts as data, on its newest connection.
  void send_data(ShardId::rep shard = 0) {
    world->server(shard).send_data();
    world->pump();
  }

  /// The handler answers, late, what it was asked to render for `connection`.
  void answer_render(ConnectionId connection, std::string text) {
    world->core.handle_rendered(connection, std::optional{OutgoingMessage::text(std::move(text))},
                                world->now);
    world->pump();
  }

  static std::vector<SubscriptionId> ids(std::initializer_list<SubscriptionId::rep> numbers) {
    std::vector<SubscriptionId> result;
    for (const auto number : numbers) result.emplace_back(number);
    return result;
  }

  ShardManagerConfigBuilder config;
  FixedRng rng{FixedRng::Draw::kHighest};
  std::optional<World> world;
};

}  // namespace wsm::test
