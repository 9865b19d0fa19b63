// Connections are replaced, emptied and killed under load, over TLS, and nothing is lost, repeated
// or out of order.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <wsm/wsm.h>

#include "load/receipts_handler.h"
#include "load/tls_front.h"
#include "manager/patience.h"
#include "venue/venue.h"

namespace wsm::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReplacements = 200;
constexpr std::uint64_t kRate = 50'000;

constexpr std::size_t kSteady = 40;  // Topics that are always subscribed,
constexpr std::size_t kAll = 60;     // and some that come and go.
constexpr std::size_t kCapacity = 10;

class ReplacementUnderLoadTest : public ::testing::Test {
 protected:
  void begin(std::size_t redundancy, std::size_t first_topics = kSteady) {
    auto started = venue::Venue::start(
        {.topics = kAll,
         .messages_per_second = kRate * kAll / kSteady,
         .limits = {.subscriptions_per_connection = kCapacity, .requests_per_window = 1'000'000}});
    ASSERT_TRUE(started);
    venue = *std::move(started);
    front = std::make_unique<TlsFront>(venue->port());
    const auto config =
        ShardManagerConfig::builder()
            .max_subscriptions_per_shard(kCapacity)
            .redundancy(redundancy)
            .auto_rebalance(true)
            .proactive_reconnect_interval(std::nullopt)
            .tls({.ca_file = {}, .server_name = {}, .dangerously_skip_verification = true})
            .backoff({.initial_delay = 5ms, .max_delay = 50ms, .stable_after = 100ms})
            .build();
    ASSERT_TRUE(config) << to_string(config.error());
    handler = std::make_shared<ReceiptsHandler>(front->url(), first_topics);
    manager = std::make_unique<ShardManager<std::string>>(*config, handler);
    ASSERT_TRUE(manager->start());
    ASSERT_TRUE(manager->wait_until_live(kPatience));
    ASSERT_TRUE(eventually([&] { return handler->received() > 1'000; }));
    began = std::chrono::steady_clock::now();
    received_before = handler->received();
  }

  [[nodiscard]] MetricsSnapshot snapshot() const { return manager->metrics().snapshot(); }

  /// One more switchover, of one shard after the other, to its end.
  void switch_over(std::size_t turn) {
    const auto shards = snapshot().shards;
    const std::size_t before = handler->switchovers;
    const std::size_t proven_before = handler->proven;
    // A shard that is being emptied or opened just now has no connection to switch over.
    if (!manager->hot_switchover(shards[turn % shards.size()].shard_id)) return;
    ASSERT_TRUE(eventually([&] { return handler->switchovers > before; }));
    replacements += handler->proven - proven_before;
  }

  /// Until everything of these that has been published by now has come, and something after it.
  [[nodiscard]] bool wait_for_what_is_published(const std::vector<std::string>& names) {
    // Each topic has its turn once a round.
    const std::uint64_t published = venue->counters().messages_published / kAll + 2;
    return eventually([&] {
      return std::ranges::all_of(
          names, [&](const std::string& name) { return handler->receipt(name).last > published; });
    });
  }

  /// What the shard of `connection` carries.
  [[nodiscard]] std::vector<std::string> topics_of(const venue::OpenConnection& connection) const {
    const std::string& target = connection.target;
    const auto shard = std::stoul(target.substr(target.find('=') + 1));
    return manager->shard_subscriptions(ShardId{static_cast<ShardId::rep>(shard)}).value();
  }

  [[nodiscard]] static std::size_t times_too_slow(const venue::Record& record) {
    std::size_t times = 0;
    for (const venue::ConnectionRecord& connection : record.connections()) {
      times += static_cast<std::size_t>(
          std::ranges::count(connection.faults, venue::FaultKind::kTooSlow, &venue::Fault::kind));
    }
    return times;
  }

  /// Everything that was published has come, once and in order, as the venue's record says.
  void expect_everything() {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const auto rate = static_cast<double>(handler->received() - received_before) / took.count();
    venue->stop_publishing();
    const venue::Record record = venue->record();
    EXPECT_EQ(times_too_slow(record), 0U)
        << "the venue has cut connections that did not take what it sent: this machine is too busy "
           "for the rate, and what nobody has had is lost";
    const auto names = ReceiptsHandler::names(0, kSteady);
    std::uint64_t lost = 0;
    std::uint64_t again = 0;
    for (std::uint32_t topic = 0; topic < kSteady; ++topic) {
      const std::uint64_t published = record.topic(venue::TopicId{topic}).published;
      const std::string& name = names[topic];
      EXPECT_TRUE(eventually([&] { return handler->receipt(name).last >= published; })) << name;
      const Receipt receipt = handler->receipt(name);
      EXPECT_EQ(receipt.last, published) << name;
      EXPECT_EQ(receipt.count, published - receipt.first + 1 - receipt.lost + receipt.again);
      lost += receipt.lost;
      again += receipt.again;
    }
    EXPECT_EQ(lost, 0U);
    EXPECT_EQ(again, 0U) << "delivered twice, or out of order";
    const Counters counters = snapshot().counters;
    EXPECT_EQ(counters.messages_lost, 0U);
    std::printf(
        "%zu replacements in %.1f s at %.0f messages/s over TLS: lost %llu, twice or out of order "
        "%llu, copies removed %llu, moves %llu\n",
        replacements, took.count(), rate, static_cast<unsigned long long>(lost),
        static_cast<unsigned long long>(again),
        static_cast<unsigned long long>(counters.duplicates_removed),
        static_cast<unsigned long long>(counters.moves));
    EXPECT_TRUE(manager->stop(kPatience));
  }

  std::unique_ptr<venue::Venue> venue;
  std::unique_ptr<TlsFront> front;
  std::shared_ptr<ReceiptsHandler> handler;
  std::unique_ptr<ShardManager<std::string>> manager;
  std::chrono::steady_clock::time_point began;
  std::uint64_t received_before = 0;
  std::size_t replacements = 0;
};

TEST_F(ReplacementUnderLoadTest, SwitchoversLoseNothing) {
  ASSERT_NO_FATAL_FAILURE(begin(1));

  for (std::size_t turn = 0; turn < kReplacements; ++turn) {
    ASSERT_NO_FATAL_FAILURE(switch_over(turn));
  }

  EXPECT_EQ(replacements, kReplacements) << "each is proven";
  expect_everything();
}

TEST_F(ReplacementUnderLoadTest, SwitchoversWhileTopicsMoveLoseNothing) {
  ASSERT_NO_FATAL_FAILURE(begin(1, kAll));
  const auto others = ReceiptsHandler::names(kSteady, kAll);

  for (std::size_t turn = 0; replacements < kReplacements; ++turn) {
    ASSERT_LT(turn, 10 * kReplacements);
    // Each shard has some of the others, and with them gone fewer shards will do.
    if (turn % 8 == 0) (void)manager->unsubscribe(others);
    if (turn % 8 == 4) (void)manager->subscribe(others);
    (void)manager->rebalance();
    ASSERT_NO_FATAL_FAILURE(switch_over(turn));
  }

  EXPECT_GT(snapshot().counters.moves, 0U);
  expect_everything();
}

TEST_F(ReplacementUnderLoadTest, WithTwoConnectionsForEachKillsLoseNothing) {
  ASSERT_NO_FATAL_FAILURE(begin(2));
  const auto is_whole = [&] {
    std::size_t whole = 0;
    for (const auto& open : venue->connections()) whole += open.subscriptions == kCapacity ? 1 : 0;
    return whole == 2 * kSteady / kCapacity;
  };

  auto next = std::chrono::steady_clock::now();
  for (; replacements < kReplacements; ++replacements) {
    next += 100ms;
    ASSERT_TRUE(eventually([&] { return std::chrono::steady_clock::now() >= next && is_whole(); }));
    const venue::OpenConnection victim = venue->connections().front();  // The oldest one.
    // What was on its way on the one that dies, the other has to have brought: it is not enough
    // that it has just been subscribed.
    ASSERT_TRUE(wait_for_what_is_published(topics_of(victim)));
    ASSERT_TRUE(venue->cut(victim.id));
    next = std::max(next, std::chrono::steady_clock::now());
  }

  ASSERT_TRUE(eventually(is_whole));
  expect_everything();
}

}  // namespace
}  // namespace wsm::testing
