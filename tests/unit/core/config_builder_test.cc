// The defaults, and that each setter sets its own field.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <wsm/config.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::Optional;

ShardManagerConfig built(const ShardManagerConfigBuilder& builder) {
  return builder.build().value();
}

TEST(ConfigDefaultsTest, OfTheManager) {
  const auto config = built(ShardManagerConfig::builder());

  EXPECT_EQ(config.manager().max_subscriptions_per_shard, std::nullopt);
  EXPECT_EQ(config.manager().shard_selection_strategy, ShardSelectionStrategy::kLeastLoaded);
  EXPECT_TRUE(config.manager().hot_switchover);
  EXPECT_TRUE(config.manager().auto_rebalance);
  EXPECT_EQ(config.manager().rebalance_by, LoadMeasure::kCount);
  EXPECT_EQ(config.manager().redundancy, 1U);
}

TEST(ConfigDefaultsTest, OfConnections) {
  const auto config = built(ShardManagerConfig::builder());

  EXPECT_EQ(config.connection().connect_timeout, 10s);
  EXPECT_EQ(config.connection().max_connect_attempts, 10U);
  EXPECT_EQ(config.connection().circuit_breaker_threshold, 5U);
  EXPECT_EQ(config.connection().circuit_breaker_reset_timeout, 60s);
  EXPECT_EQ(config.connection().proactive_reconnect_interval, 15min);
  EXPECT_FALSE(config.connection().low_latency_mode);
  EXPECT_EQ(config.connection().max_message_bytes, 16U * 1024 * 1024);
  EXPECT_EQ(config.connection().compression, Compression::kOff);
  EXPECT_EQ(config.connection().compression_window_bits, 15);
  EXPECT_EQ(config.connection().max_decompressed_bytes, 16U * 1024 * 1024);
  EXPECT_THAT(config.connection().source_ips, ::testing::IsEmpty());
  EXPECT_EQ(config.connection().shards_per_ip, 10U);
  EXPECT_EQ(config.connection().tls.ca_file, "");
  EXPECT_EQ(config.connection().tls.server_name, "");
  EXPECT_EQ(config.connection().tls.minimum_version, TlsVersion::kTls12);
  EXPECT_FALSE(config.connection().tls.dangerously_skip_verification);
}

TEST(ConfigDefaultsTest, OfBackoff) {
  const auto config = built(ShardManagerConfig::builder());

  EXPECT_EQ(config.backoff().initial_delay, 100ms);
  EXPECT_EQ(config.backoff().max_delay, 30s);
  EXPECT_EQ(config.backoff().multiplier, 2.0);
  EXPECT_TRUE(config.backoff().jitter);
  EXPECT_EQ(config.backoff().stable_after, 10s);
}

TEST(ConfigDefaultsTest, OfHealth) {
  const auto config = built(ShardManagerConfig::builder());

  EXPECT_EQ(config.health().ping_interval, 20s);
  EXPECT_EQ(config.health().pong_timeout, 10s);
  EXPECT_EQ(config.health().data_timeout, 30s);
  EXPECT_EQ(config.health().failure_threshold, 3U);
  EXPECT_EQ(config.health().subscription_timeout, std::nullopt);
  EXPECT_EQ(config.health().subscription_timeout_intervals, std::nullopt);
  EXPECT_EQ(config.health().gap_recovery, GapRecovery::kGoOn);
  EXPECT_EQ(config.health().text_ping, std::nullopt);
  EXPECT_EQ(config.health().text_pong, "PONG");
}

TEST(ConfigDefaultsTest, OfLimitsAndDelivery) {
  const auto config = built(ShardManagerConfig::builder());

  EXPECT_EQ(config.limits().subscriptions_per_message, 200U);
  EXPECT_EQ(config.limits().bytes_per_message, 4096U);
  EXPECT_EQ(config.limits().messages_per_window, std::nullopt);
  EXPECT_EQ(config.limits().window, std::nullopt);
  EXPECT_EQ(config.limits().message_spacing, std::nullopt);
  EXPECT_EQ(config.limits().connects_per_window, std::nullopt);
  EXPECT_EQ(config.limits().connect_window, std::nullopt);
  EXPECT_EQ(config.limits().max_connections, std::nullopt);
  EXPECT_EQ(config.delivery().queue_capacity, 65'536U);
  EXPECT_EQ(config.delivery().reserve_bytes_max, 1024U * 1024);
  EXPECT_EQ(config.delivery().when_full, WhenFull::kBlock);
}

TEST(ConfigBuilderTest, SetsTheManagersFields) {
  const auto config = built(ShardManagerConfig::builder()
                                .max_subscriptions_per_shard(7)
                                .shard_selection_strategy(ShardSelectionStrategy::kRoundRobin)
                                .hot_switchover(false)
                                .auto_rebalance(false)
                                .rebalance_by(LoadMeasure::kBytes)
                                .redundancy(3));

  EXPECT_THAT(config.manager().max_subscriptions_per_shard, Optional(7U));
  EXPECT_EQ(config.manager().shard_selection_strategy, ShardSelectionStrategy::kRoundRobin);
  EXPECT_FALSE(config.manager().hot_switchover);
  EXPECT_FALSE(config.manager().auto_rebalance);
  EXPECT_EQ(config.manager().rebalance_by, LoadMeasure::kBytes);
  EXPECT_EQ(config.manager().redundancy, 3U);
}

TEST(ConfigBuilderTest, SetsTheConnectionsFields) {
  const TlsOptions tls{.ca_file = "ca.pem",
                       .server_name = "venue",
                       .minimum_version = TlsVersion::kTls13,
                       .dangerously_skip_verification = true};
  const auto config = built(ShardManagerConfig::builder()
                                .connect_timeout(1s)
                                .max_connect_attempts(2)
                                .circuit_breaker_threshold(7)
                                .circuit_breaker_reset_timeout(6s)
                                .proactive_reconnect_interval(3s)
                                .low_latency_mode(true)
                                .tls(tls)
                                .max_message_bytes(4)
                                .compression(Compression::kNoContextTakeover)
                                .compression_window_bits(9)
                                .max_decompressed_bytes(5));

  EXPECT_EQ(config.connection().connect_timeout, 1s);
  EXPECT_EQ(config.connection().max_connect_attempts, 2U);
  EXPECT_EQ(config.connection().circuit_breaker_threshold, 7U);
  EXPECT_EQ(config.connection().circuit_breaker_reset_timeout, 6s);
  EXPECT_EQ(config.connection().proactive_reconnect_interval, 3s);
  EXPECT_TRUE(config.connection().low_latency_mode);
  EXPECT_EQ(config.connection().tls.ca_file, "ca.pem");
  EXPECT_EQ(config.connection().tls.server_name, "venue");
  EXPECT_EQ(config.connection().tls.minimum_version, TlsVersion::kTls13);
  EXPECT_TRUE(config.connection().tls.dangerously_skip_verification);
  EXPECT_EQ(config.connection().max_message_bytes, 4U);
  EXPECT_EQ(config.connection().compression, Compression::kNoContextTakeover);
  EXPECT_EQ(config.connection().compression_window_bits, 9);
  EXPECT_EQ(config.connection().max_decompressed_bytes, 5U);
}

TEST(ConfigBuilderTest, SetsBackoffAsAWhole) {
  const auto config = built(ShardManagerConfig::builder().backoff({.initial_delay = 1s,
                                                                   .max_delay = 2s,
                                                                   .multiplier = 3.0,
                                                                   .jitter = false,
                                                                   .stable_after = 4s}));

  EXPECT_EQ(config.backoff().initial_delay, 1s);
  EXPECT_EQ(config.backoff().max_delay, 2s);
  EXPECT_EQ(config.backoff().multiplier, 3.0);
  EXPECT_FALSE(config.backoff().jitter);
  EXPECT_EQ(config.backoff().stable_after, 4s);
}

TEST(ConfigBuilderTest, SetsTheFieldsOfHealth) {
  const auto config = built(ShardManagerConfig::builder()
                                .ping_interval(1s)
                                .pong_timeout(2s)
                                .data_timeout(3s)
                                .failure_threshold(4)
                                .text_ping("hi")
                                .text_pong("ho")
                                .subscription_timeout(5s)
                                .subscription_timeout_intervals(6)
                                .gap_recovery(GapRecovery::kAskAgain));

  EXPECT_EQ(config.health().ping_interval, 1s);
  EXPECT_EQ(config.health().pong_timeout, 2s);
  EXPECT_EQ(config.health().data_timeout, 3s);
  EXPECT_EQ(config.health().failure_threshold, 4U);
  EXPECT_EQ(config.health().subscription_timeout, 5s);
  EXPECT_EQ(config.health().subscription_timeout_intervals, 6U);
  EXPECT_EQ(config.health().gap_recovery, GapRecovery::kAskAgain);
  EXPECT_THAT(config.health().text_ping, Optional(std::string{"hi"}));
  EXPECT_EQ(config.health().text_pong, "ho");
}

TEST(ConfigBuilderTest, SetsTheFieldsOfLimitsAndDelivery) {
  const auto config = built(ShardManagerConfig::builder()
                                .subscriptions_per_message(1)
                                .bytes_per_message(2)
                                .queue_capacity(3)
                                .queue_bytes_max(4)
                                .reserve_bytes_max(5)
                                .when_full(WhenFull::kDropNewest));

  EXPECT_EQ(config.limits().subscriptions_per_message, 1U);
  EXPECT_EQ(config.limits().bytes_per_message, 2U);
  EXPECT_EQ(config.delivery().queue_capacity, 3U);
  EXPECT_EQ(config.delivery().queue_bytes_max, 4U);
  EXPECT_EQ(config.delivery().reserve_bytes_max, 5U);
  EXPECT_EQ(config.delivery().when_full, WhenFull::kDropNewest);
}

TEST(ConfigBuilderTest, SetsTheFieldsOfRates) {
  const auto config = built(ShardManagerConfig::builder()
                                .messages_per_window(5)
                                .window(1s)
                                .message_spacing(2ms)
                                .connects_per_window(300)
                                .connect_window(5min)
                                .venue("exchange")
                                .max_connections(6));

  EXPECT_THAT(config.limits().messages_per_window, Optional(5U));
  EXPECT_THAT(config.limits().window, Optional(1s));
  EXPECT_THAT(config.limits().message_spacing, Optional(2ms));
  EXPECT_THAT(config.limits().connects_per_window, Optional(300U));
  EXPECT_THAT(config.limits().connect_window, Optional(5min));
  EXPECT_EQ(config.limits().venue, "exchange");
  EXPECT_THAT(config.limits().max_connections, Optional(6U));
}

TEST(ConfigBuilderTest, CanBeBuiltFromAgain) {
  auto builder = ShardManagerConfig::builder();
  const auto first = built(builder.connect_timeout(1s));

  const auto second = built(builder.connect_timeout(2s));

  EXPECT_EQ(first.connection().connect_timeout, 1s);
  EXPECT_EQ(second.connection().connect_timeout, 2s);
}

TEST(ConfigBuilderTest, HasAWordForEachChoice) {
  EXPECT_EQ(to_string(ShardSelectionStrategy::kLeastLoaded), "least_loaded");
  EXPECT_EQ(to_string(ShardSelectionStrategy::kRoundRobin), "round_robin");
  EXPECT_EQ(to_string(ShardSelectionStrategy::kSequential), "sequential");
  EXPECT_EQ(to_string(WhenFull::kBlock), "block");
  EXPECT_EQ(to_string(WhenFull::kDropOldest), "drop_oldest");
  EXPECT_EQ(to_string(WhenFull::kDropNewest), "drop_newest");
  EXPECT_EQ(to_string(WhenFull::kLatestPerSubscription), "latest_per_subscription");
  EXPECT_EQ(to_string(TlsVersion::kTls12), "TLS 1.2");
  EXPECT_EQ(to_string(TlsVersion::kTls13), "TLS 1.3");
}

}  // namespace
}  // namespace wsm
