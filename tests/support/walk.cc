#include "support/walk.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <gmock/gmock.h>

#include "core/subscription/status_counts.h"

namespace wsm::test {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kCapacity = 5;
constexpr SubscriptionId::rep kIds = 40;
constexpr SubscriptionId::rep kUnrenderableFrom = 38;

}  // namespace

Walk::Walk(Rng& dice, std::uint64_t seed) : dice_(dice), rng_(seed), world_(config(), rng_) {
  world_.behaviour.manners.capacity = kCapacity;
  for (auto id = kUnrenderableFrom; id < kIds; ++id) {
    world_.behaviour.unrenderable.insert(SubscriptionId{id});
  }
  world_.start({1, 2, 3, 4, 5, 6, 7}, kCapacity);
  for (SubscriptionId::rep id = 1; id <= 7; ++id) desired_.insert(SubscriptionId{id});
}

void Walk::step() {
  world_.read_bytes_max = 1 + dice_.below(64);
  switch (dice_.below(20)) {
    case 0:
    case 1:
    case 2: subscribe(); break;
    case 3:
    case 4: unsubscribe(); break;
    case 5: command_a_shard(); break;
    case 6:
    case 7: change_newcomers(); break;
    case 8:
    case 9:
    case 10: trouble_a_server(); break;
    case 11: answer_late(); break;
    case 12: toggle_pause(); break;
    case 13:
    case 14: send_data_everywhere(); break;
    default: world_.run_for(Duration{static_cast<Duration::rep>(dice_.below(15'000'000'000))});
  }
  world_.forget_past();
  check();
}

void Walk::calm_down(Duration duration) {
  world_.behaviour = {};
  world_.behaviour.manners.capacity = kCapacity;
  world_.resume();
  is_paused_ = false;
  for (const ConnectionId id : world_.connected()) {
    const auto upgrade = world_.server(id).manners().on_upgrade;
    world_.server(id).manners() = {.on_upgrade = upgrade, .capacity = kCapacity};
  }
  for (const ShardMetrics& shard : shards()) {  // on_error may have said stop.
    if (shard.status != ShardStatus::kSuspended) continue;
    (void)world_.core.reconnect_shard(shard.shard_id, world_.now);
  }
  world_.pump();
  for (Duration passed{}; passed < duration; passed += 5s) {
    world_.run_for(5s);
    send_data_everywhere();
  }
}

void Walk::expect_everything_once() {
  EXPECT_TRUE(world_.core.is_live());
  std::multiset<SubscriptionId> requested;
  for (const ShardMetrics& shard : shards()) {
    EXPECT_EQ(shard.status, ShardStatus::kLive) << shard.shard_id;
    const ConnectionId serving{shard.shard_id, shard.generation};
    const auto& subscribed = world_.server(serving).subscribed();
    requested.insert(subscribed.begin(), subscribed.end());
  }
  EXPECT_THAT(requested, ::testing::ElementsAreArray(desired_));
  EXPECT_EQ(world_.known(), desired_) << "forgotten is what is not desired, and only that";
  EXPECT_EQ(world_.connected().size(), shards().size()) << "nothing lingers";
}

void Walk::stop() {
  world_.stop(2s);
  world_.run_for(2s);
  EXPECT_EQ(world_.core.status(), SupervisorStatus::kStopped);
  EXPECT_THAT(world_.connected(), ::testing::IsEmpty());
  for (const SubscriptionId id : std::exchange(desired_, {})) world_.unsubscribe(id.value());
  EXPECT_THAT(world_.known(), ::testing::IsEmpty());
}

std::string Walk::story() const {
  std::string text;
  for (const EventKind& event : world_.events) text += to_string(event) + '\n';
  return text;
}

ShardManagerConfig Walk::config() {
  constexpr ShardSelectionStrategy kStrategies[] = {ShardSelectionStrategy::kLeastLoaded,
                                                    ShardSelectionStrategy::kRoundRobin,
                                                    ShardSelectionStrategy::kSequential};
  auto builder = ShardManagerConfig::builder();
  builder.shard_selection_strategy(kStrategies[dice_.below(3)]).hot_switchover(dice_.below(4) > 0);
  builder.max_connect_attempts(4).proactive_reconnect_interval(2min);
  builder.subscriptions_per_message(3).bytes_per_message(9).failure_threshold(2);
  if (dice_.below(3) == 0) builder.text_ping("ping");
  if (dice_.below(3) == 0) builder.proxies({"socks5h://a.test", "http://b.test"});
  return builder.build().value();
}

std::vector<ShardMetrics> Walk::shards() const { return world_.core.metrics(world_.now).shards; }

SubscriptionId::rep Walk::any_id() { return static_cast<SubscriptionId::rep>(dice_.below(kIds)); }

void Walk::subscribe() {
  const SubscriptionId id{any_id()};
  const bool is_new = desired_.insert(id).second;  // First: hooks may act before it returns.
  const SubscribeResult result = world_.subscribe(id);
  EXPECT_EQ(result.status, is_new ? SubscribeStatus::kPlaced : SubscribeStatus::kAlreadySubscribed);
}

void Walk::unsubscribe() {
  const SubscriptionId id{any_id()};
  const bool was_desired = desired_.erase(id) > 0;
  const auto result = world_.unsubscribe(id.value());
  EXPECT_EQ(result.status,
            was_desired ? UnsubscribeStatus::kRemoved : UnsubscribeStatus::kNotSubscribed);
}

void Walk::command_a_shard() {
  const auto all = shards();
  if (all.empty()) return;
  const ShardId shard = all[dice_.below(all.size())].shard_id;
  switch (dice_.below(3)) {
    case 0: (void)world_.core.reconnect_shard(shard, world_.now); break;
    case 1: (void)world_.core.hot_switchover(shard, world_.now); break;
    default: (void)world_.core.send(shard, OutgoingMessage::text("hello"));
  }
  world_.pump();
}

void Walk::change_newcomers() {
  auto& behaviour = world_.behaviour;
  behaviour.inside_hook = [this] { act_inside_a_hook(); };
  behaviour.answers_prepare = is_lucky(6);
  behaviour.answers_greet = is_lucky(6);
  behaviour.url = is_lucky(10) ? "ws://venue.test/" : "no url";
  behaviour.on_dial = is_lucky(4)   ? World::OnDial::kConnect
                      : is_lucky(2) ? World::OnDial::kFail
                      : is_lucky(2) ? World::OnDial::kIgnore
                                    : World::OnDial::kUnresolved;
  behaviour.error_answer = is_lucky(8) ? ErrorAnswer::kDefault : ErrorAnswer::kStop;
  behaviour.greeting = {OutgoingMessage::text(is_lucky(10) ? "login" : "\xff")};
  behaviour.dead_proxies = is_lucky(3) ? std::set<ProxyIndex>{} : std::set<ProxyIndex>{0};
  change_manners(behaviour.manners);
}

void Walk::change_manners(ScriptedServer::Manners& manners) {
  manners.on_upgrade = is_lucky(4)   ? ScriptedServer::OnUpgrade::kAccept
                       : is_lucky(2) ? ScriptedServer::OnUpgrade::kRefuse
                                     : ScriptedServer::OnUpgrade::kIgnore;
  manners.refusal = is_lucky(2)   ? "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n"
                    : is_lucky(2) ? "HTTP/1.1 302 Found\r\nLocation: /else\r\n\r\n"
                                  : "nonsense";
  manners.behind_upgrade = is_lucky(5)   ? std::string{}
                           : is_lucky(2) ? server_close(1013)
                                         : server_text("data") + "\xff";
  manners.answers_pings = is_lucky(4);
  manners.answers_close = is_lucky(3);
  manners.sends_snapshots = is_lucky(2);
}

void Walk::trouble_a_server() {
  const auto connected = world_.connected();
  if (connected.empty()) return;
  ScriptedServer& server = world_.server(connected[dice_.below(connected.size())]);
  if (!server.is_upgraded()) return server.cut();
  constexpr std::uint16_t kCodes[] = {1000, 1001, 1008, 1012, 1013, 4000};
  switch (dice_.below(9)) {
    case 0: server.cut(); break;
    case 1: server.close(kCodes[dice_.below(std::size(kCodes))], "trouble"); break;
    case 2: server.send("\xff"); break;
    case 3: server.send(server_frame(Opcode::kPing, "ping")); break;
    case 4: server.send(server_fragment(Opcode::kText, "da")); break;
    case 5: server.send(server_text("data").substr(0, dice_.below(6))); break;
    case 6: server.manners().answers_pings = is_lucky(2); break;
    case 7: send_anything(server); break;
    default: server.send_data();
  }
  world_.pump();
}

void Walk::send_anything(ScriptedServer& server) {
  std::string bytes(dice_.below(16), '\0');
  for (char& byte : bytes) byte = static_cast<char>(dice_.below(256));
  server.send(bytes);
}

void Walk::answer_late() {
  const auto all = shards();
  if (all.empty()) return;
  const ShardMetrics& shard = all[dice_.below(all.size())];
  const auto generation = static_cast<Generation::rep>(dice_.below(shard.generation.value() + 1));
  const ConnectionId id{shard.shard_id, Generation{generation}};
  world_.core.handle_prepared(id, Preparation{.url = "ws://late.test/"}, world_.now);
  world_.core.handle_greeted(id, std::vector<OutgoingMessage>{}, world_.now);
  world_.core.handle_received(id, world_.now);
  if (world_.is_over(id)) {
    world_.core.handle_connecting(id, world_.now);
    world_.core.handle_dialed(id, world_.now);
    world_.core.handle_rendered(id, std::optional<OutgoingMessage>{}, world_.now);
    world_.core.handle_transport_ended(id, {}, world_.now);
  }
  const auto answer = is_lucky(4) ? ErrorAnswer::kDefault : ErrorAnswer::kStop;
  world_.core.handle_error_answer(id, answer, world_.now);
  world_.pump();
}

void Walk::act_inside_a_hook() {
  if (is_lucky(20)) return;
  switch (dice_.below(3)) {
    case 0: return subscribe();
    case 1: return unsubscribe();
    default: return command_a_shard();
  }
}

void Walk::toggle_pause() {
  is_paused_ = !is_paused_;
  is_paused_ ? world_.pause() : world_.resume();
}

void Walk::send_data_everywhere() {
  for (const ConnectionId id : world_.connected()) {
    ScriptedServer& server = world_.server(id);
    if (server.is_upgraded() && !server.subscribed().empty()) server.send_data();
  }
  world_.pump();
}

void Walk::check() {
  std::size_t carried = 0;
  for (const ShardMetrics& shard : shards()) {
    EXPECT_LE(shard.subscriptions, kCapacity);
    carried += shard.subscriptions;
  }
  EXPECT_EQ(carried, desired_.size());
  EXPECT_EQ(world_.core.metrics(world_.now).total_subscriptions, desired_.size());
  SubscriptionCounts counts;
  for (const SubscriptionId id : desired_) {
    ++count_of(counts, world_.core.subscription_state(id, world_.now)->status);
  }
  EXPECT_EQ(world_.core.metrics(world_.now).subscriptions, counts);
  EXPECT_TRUE(std::ranges::includes(world_.known(), desired_)) << "forgotten, but desired";
}

}  // namespace wsm::test
