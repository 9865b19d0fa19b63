#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/client.h"
#include "sim/network.h"
#include "sim/oracles.h"
#include "sim/venue.h"
#include "sim/world.h"

namespace wsm::sim {

/// What has happened, for whoever wants to count it.
struct Record final : Observer {
  struct Dial {
    TimePoint at;
    ConnectionId id;
    SourceIndex source;
    std::string host = {};
  };
  struct Pong {
    TimePoint at;
    std::uint64_t number;
  };

  explicit Record(const World& a_world) : world(a_world) {}

  void handle_dial(ConnectionId id, SourceIndex source, const Url& url) override {
    dials.push_back({world.now(), id, source, url.host});
  }
  void handle_request(ConnectionId id, const Request& request) override {
    requests.emplace_back(id, request);
  }
  void handle_pong(ConnectionId, std::uint64_t number) override {
    pongs.push_back({world.now(), number});
  }
  void handle_event(const EventKind& event) override { events.push_back(event); }

  template <class Kind>
  [[nodiscard]] std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const EventKind& event : events) {
      if (const auto* it = std::get_if<Kind>(&event)) found.push_back(*it);
    }
    return found;
  }
  /// How often the venue has been asked for `topic`.
  [[nodiscard]] std::size_t times_asked(Topic topic) const {
    return static_cast<std::size_t>(std::ranges::count_if(requests, [&](const auto& entry) {
      return entry.second.is_subscribe &&
             std::ranges::find(entry.second.topics, topic) != entry.second.topics.end();
    }));
  }

  const World& world;
  std::vector<Dial> dials;
  std::vector<Pong> pongs;
  std::vector<std::pair<ConnectionId, Request>> requests;
  std::vector<EventKind> events;
};

/// A venue at the end of a good way and an application with the real core, with every oracle
/// looking on. To be arranged by `rules` and `config`, then make() or start().
///
/// Silence is nobody's fault unless a scenario says so, and connections have no age.
struct Stage {
  Stage() {
    config.data_timeout(std::nullopt).proactive_reconnect_interval(std::nullopt);
    rules.topics = 10;
    oracles.add(record);
  }

  /// The venue and the application, which do nothing yet.
  void make() {
    const ShardManagerConfig built = config.build().value();
    oracles.limits.set_limits(built.limits());
    oracles.circuit.set_rules(built.connection(), built.backoff());
    oracles.answers.set_rules(built.connection(), built.backoff());
    oracles.join.set_rules(built.health().gap_recovery);
    oracles.planned.set_rules(built.health().gap_recovery);
    oracles.withholding.set_rules(built.health().gap_recovery);
    oracles.ledger.set_rules(rules.numbers, built.manager().redundancy);
    if (rules.numbers == Numbers::kOfConnection) oracles.join.expect_no_numbers();
    venue.emplace(world, rules, oracles);
    client.emplace(world, network, *venue, built, oracles);
    client->set_urls(urls);
    oracles.drain.set_urls(urls);
  }
  /// Topics from zero on.
  static std::vector<Topic> first_topics(std::size_t count) {
    std::vector<Topic> topics;
    for (std::size_t topic = 0; topic < count; ++topic) {
      topics.emplace_back(static_cast<Topic::rep>(topic));
    }
    return topics;
  }
  void start(std::size_t topics, std::size_t capacity) {
    if (!client) make();
    client->start(first_topics(topics), capacity);
  }
  /// The same with everything that the venue has, as many for each connection as it allows.
  void start_all() { start(rules.topics, rules.subscriptions_max); }

  [[nodiscard]] const Supervisor& core() const { return client->core(); }
  [[nodiscard]] MetricsSnapshot metrics() const { return core().metrics(world.now()); }
  /// Of the only shard, or of the first of all.
  [[nodiscard]] ShardMetrics shard() const { return metrics().shards.at(0); }
  [[nodiscard]] SubscriptionStatus status(Topic topic) const {
    return core().subscription_state(topic, world.now()).value().status;
  }
  [[nodiscard]] std::size_t count(SubscriptionStatus wanted) const {
    std::size_t found = 0;
    for (const Topic topic : oracles.placement.wanted()) found += status(topic) == wanted ? 1 : 0;
    return found;
  }
  /// The venue's end of the only connection, or of the oldest.
  [[nodiscard]] Session& session() { return *venue->sessions().at(0); }

  bool run_until_shard_is(ShardStatus wanted, Duration limit = std::chrono::hours{1}) {
    return world.run_until([&] { return shard().status == wanted; }, limit);
  }
  /// How long it takes until everything has been requested; `limit` if it does not come to that.
  Duration time_to_live(Duration limit) {
    const Duration since = world.elapsed();
    (void)world.run_until([this] { return core().is_live(); }, limit);
    return world.elapsed() - since;
  }
  /// Whatever was wrong with the world is over.
  void heal() {
    network.set_on_dial(OnDial::kAccept);
    network.revive_hosts();
    venue->set_reception({});
    venue->set_office(Office::kOpen);
    client->set_hooks({});
    if (client->is_paused()) client->resume();
  }

  World world{1};
  Oracles oracles{world};
  Record record{world};
  Network network{world, {.latency = std::chrono::milliseconds{1}}};
  VenueRules rules;
  std::vector<std::string> urls{"ws://venue.sim/"};  // All of the same venue.
  ShardManagerConfigBuilder config = ShardManagerConfig::builder();
  std::optional<Venue> venue;
  std::optional<Client> client;
};

}  // namespace wsm::sim
