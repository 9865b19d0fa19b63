#include "core/shard/settings.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

TEST(ShardSettingsTest, TakesEachFieldFromTheConfiguration) {
  const auto config = ShardManagerConfig::builder()
                          .connect_timeout(1s)
                          .max_connect_attempts(2)
                          .circuit_breaker_threshold(11)
                          .circuit_breaker_reset_timeout(5s)
                          .proactive_reconnect_interval(3min)
                          .hot_switchover(false)
                          .subscriptions_per_message(4)
                          .bytes_per_message(5)
                          .backoff({.initial_delay = 6ms, .max_delay = 7s})
                          .connects_per_window(8)
                          .connect_window(9s)
                          .max_connections(10)
                          .build();
  ASSERT_TRUE(config);

  const auto settings = ShardSettings::from(*config);

  EXPECT_EQ(settings.connection.connect_timeout, 1s);
  EXPECT_EQ(settings.max_connect_attempts, 2U);
  EXPECT_EQ(settings.circuits.threshold, 11U);
  EXPECT_EQ(settings.circuits.delay_max, 5s);
  EXPECT_EQ(settings.renewal_interval, 3min);
  EXPECT_FALSE(settings.hot_switchover);
  EXPECT_EQ(settings.requests.subscriptions_per_message, 4U);
  EXPECT_EQ(settings.requests.bytes_per_message, 5U);
  EXPECT_EQ(settings.backoff.initial_delay, 6ms);
  EXPECT_EQ(settings.backoff.max_delay, 7s);
  ASSERT_TRUE(settings.connects.connects);
  EXPECT_EQ(settings.connects.connects->count, 8U);
  EXPECT_EQ(settings.connects.connects->length, 9s);
  EXPECT_EQ(settings.connects.connections_max, 10U);
}

TEST(ShardSettingsTest, TriesARequestAgainAfterTheLongestDelay) {
  const auto config = ShardManagerConfig::builder().backoff({.max_delay = 7s}).build();
  ASSERT_TRUE(config);

  EXPECT_EQ(ShardSettings::from(*config).requests.retry_after, 7s);
}

TEST(ShardSettingsTest, ProbesNoLaterThanTheBackoffWould) {
  const auto config = ShardManagerConfig::builder().backoff({.max_delay = 7s}).build();
  ASSERT_TRUE(config);

  EXPECT_EQ(ShardSettings::from(*config).circuits.delay_max, 7s);
}

TEST(ShardSettingsTest, GivesAStandbyAsLongAsAConnectionMayBeSilent) {
  const auto config = ShardManagerConfig::builder().connect_timeout(1s).data_timeout(9s).build();
  ASSERT_TRUE(config);

  EXPECT_EQ(ShardSettings::from(*config).proof_timeout, 9s);
}

TEST(ShardSettingsTest, GivesAStandbyTheConnectTimeoutWhereSilenceIsNoFault) {
  const auto config =
      ShardManagerConfig::builder().connect_timeout(1s).data_timeout(std::nullopt).build();
  ASSERT_TRUE(config);

  EXPECT_EQ(ShardSettings::from(*config).proof_timeout, 1s);
}

}  // namespace
}  // namespace wsm
