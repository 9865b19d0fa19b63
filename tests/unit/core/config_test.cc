// What build() checks.

#include <chrono>
#include <functional>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <wsm/config.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Builder = ShardManagerConfigBuilder;

std::vector<std::string> faulty_fields(const Builder& builder) {
  std::vector<std::string> fields;
  const auto built = builder.build();
  if (built) return fields;
  for (const ConfigFault& fault : built.error().faults) fields.push_back(fault.field);
  return fields;
}

BackoffOptions backoff_with(std::function<void(BackoffOptions&)> change) {
  BackoffOptions options;
  change(options);
  return options;
}

/// A setting that cannot be used, and the field that is to be named.
struct Fault {
  const char* name;
  const char* field;
  std::function<void(Builder&)> set;
};

class ConfigFaultTest : public ::testing::TestWithParam<Fault> {};

TEST_P(ConfigFaultTest, IsNamedByItsField) {
  auto builder = ShardManagerConfig::builder();

  GetParam().set(builder);

  EXPECT_THAT(faulty_fields(builder), ElementsAre(GetParam().field));
}

constexpr Duration kTooLong = 24h * 365 + 1ns;

INSTANTIATE_TEST_SUITE_P(
    Sizes, ConfigFaultTest,
    ::testing::Values(
        Fault{"Capacity", "max_subscriptions_per_shard",
              [](Builder& b) { b.max_subscriptions_per_shard(0); }},
        Fault{"NoConnection", "redundancy", [](Builder& b) { b.redundancy(0); }},
        Fault{"TooManyConnections", "redundancy", [](Builder& b) { b.redundancy(9); }},
        Fault{"Attempts", "max_connect_attempts", [](Builder& b) { b.max_connect_attempts(0); }},
        Fault{"Circuit", "circuit_breaker_threshold",
              [](Builder& b) { b.circuit_breaker_threshold(0); }},
        Fault{"ShardsOfAnAddress", "shards_per_ip", [](Builder& b) { b.shards_per_ip(0); }},
        Fault{"MessageBytes", "max_message_bytes", [](Builder& b) { b.max_message_bytes(0); }},
        Fault{"DecompressedBytes", "max_decompressed_bytes",
              [](Builder& b) { b.max_decompressed_bytes(0); }},
        Fault{"WindowTooSmall", "compression_window_bits",
              [](Builder& b) { b.compression_window_bits(7); }},
        Fault{"WindowTooLarge", "compression_window_bits",
              [](Builder& b) { b.compression_window_bits(16); }},
        Fault{"Threshold", "failure_threshold", [](Builder& b) { b.failure_threshold(0); }},
        Fault{"RequestCount", "subscriptions_per_message",
              [](Builder& b) { b.subscriptions_per_message(0); }},
        Fault{"RequestBytes", "bytes_per_message", [](Builder& b) { b.bytes_per_message(0); }},
        Fault{"Intervals", "subscription_timeout_intervals",
              [](Builder& b) { b.subscription_timeout_intervals(1); }},
        Fault{"QueueMessages", "queue_capacity", [](Builder& b) { b.queue_capacity(0); }},
        Fault{"QueueBytes", "queue_bytes_max", [](Builder& b) { b.queue_bytes_max(0); }},
        Fault{"QueueDrops", "when_full",
              [](Builder& b) { b.low_latency_mode(true).when_full(WhenFull::kDropOldest); }}),
    [](const auto& fault) { return fault.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Durations, ConfigFaultTest,
    ::testing::Values(
        Fault{"ConnectZero", "connect_timeout", [](Builder& b) { b.connect_timeout(0s); }},
        Fault{"ConnectNegative", "connect_timeout", [](Builder& b) { b.connect_timeout(-1ns); }},
        Fault{"ConnectForEver", "connect_timeout",
              [](Builder& b) { b.connect_timeout(Duration::max()); }},
        Fault{"RenewalZero", "proactive_reconnect_interval",
              [](Builder& b) { b.proactive_reconnect_interval(0s); }},
        Fault{"RenewalTooLong", "proactive_reconnect_interval",
              [](Builder& b) { b.proactive_reconnect_interval(kTooLong); }},
        Fault{"PingZero", "ping_interval", [](Builder& b) { b.ping_interval(0s); }},
        Fault{"PingTooLong", "ping_interval", [](Builder& b) { b.ping_interval(kTooLong); }},
        Fault{"PongZero", "pong_timeout", [](Builder& b) { b.pong_timeout(0s); }},
        Fault{"PongTooLong", "pong_timeout", [](Builder& b) { b.pong_timeout(kTooLong); }},
        Fault{"DataZero", "data_timeout", [](Builder& b) { b.data_timeout(0s); }},
        Fault{"DataForEver", "data_timeout", [](Builder& b) { b.data_timeout(Duration::max()); }}),
    [](const auto& fault) { return fault.param.name; });

Fault backoff_fault(const char* name, const char* field,
                    std::function<void(BackoffOptions&)> change) {
  return {name, field, [change](Builder& b) { b.backoff(backoff_with(change)); }};
}

INSTANTIATE_TEST_SUITE_P(
    Backoff, ConfigFaultTest,
    ::testing::Values(backoff_fault("InitialZero", "backoff.initial_delay",
                                    [](BackoffOptions& o) { o.initial_delay = 0s; }),
                      backoff_fault("LongestUnderInitial", "backoff.max_delay",
                                    [](BackoffOptions& o) { o.max_delay = o.initial_delay - 1ns; }),
                      backoff_fault("LongestTooLong", "backoff.max_delay",
                                    [](BackoffOptions& o) { o.max_delay = Duration::max(); }),
                      backoff_fault("Shrinking", "backoff.multiplier",
                                    [](BackoffOptions& o) { o.multiplier = 0.99; }),
                      backoff_fault("Infinite", "backoff.multiplier",
                                    [](BackoffOptions& o) {
                                      o.multiplier = std::numeric_limits<double>::infinity();
                                    }),
                      backoff_fault("NoNumber", "backoff.multiplier",
                                    [](BackoffOptions& o) {
                                      o.multiplier = std::numeric_limits<double>::quiet_NaN();
                                    }),
                      backoff_fault("StableNegative", "backoff.stable_after",
                                    [](BackoffOptions& o) { o.stable_after = -1ns; }),
                      backoff_fault("StableTooLong", "backoff.stable_after",
                                    [](BackoffOptions& o) { o.stable_after = kTooLong; })),
    [](const auto& fault) { return fault.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Sources, ConfigFaultTest,
    ::testing::Values(Fault{"Name", "source_ips", [](Builder& b) { b.source_ips({"localhost"}); }},
                      Fault{"Empty", "source_ips", [](Builder& b) { b.source_ips({""}); }},
                      Fault{"WithPort", "source_ips",
                            [](Builder& b) { b.source_ips({"127.0.0.1:80"}); }},
                      Fault{"Twice", "source_ips",
                            [](Builder& b) {
                              b.source_ips({"::1", "0:0::1"});
                            }}),
    [](const auto& fault) { return fault.param.name; });

INSTANTIATE_TEST_SUITE_P(
    TextPing, ConfigFaultTest,
    ::testing::Values(Fault{"Empty", "text_ping", [](Builder& b) { b.text_ping(""); }},
                      Fault{"NoUtf8", "text_ping", [](Builder& b) { b.text_ping("\xff"); }},
                      Fault{"WithoutInterval", "text_ping",
                            [](Builder& b) { b.text_ping("ping").ping_interval(std::nullopt); }}),
    [](const auto& fault) { return fault.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rates, ConfigFaultTest,
    ::testing::Values(
        Fault{"OneMessage", "messages_per_window",
              [](Builder& b) { b.messages_per_window(1).window(1s); }},
        Fault{"WindowZero", "window", [](Builder& b) { b.messages_per_window(2).window(0s); }},
        Fault{"WindowTooLong", "window",
              [](Builder& b) { b.messages_per_window(2).window(kTooLong); }},
        Fault{"WindowMissing", "window", [](Builder& b) { b.messages_per_window(2); }},
        Fault{"MessagesMissing", "messages_per_window", [](Builder& b) { b.window(1s); }},
        Fault{"SpacingZero", "message_spacing", [](Builder& b) { b.message_spacing(0s); }},
        Fault{"NoConnects", "connects_per_window",
              [](Builder& b) { b.connects_per_window(0).connect_window(1s); }},
        Fault{"ConnectWindowZero", "connect_window",
              [](Builder& b) { b.connects_per_window(1).connect_window(0s); }},
        Fault{"ConnectWindowMissing", "connect_window",
              [](Builder& b) { b.connects_per_window(1); }},
        Fault{"ConnectsMissing", "connects_per_window", [](Builder& b) { b.connect_window(1s); }},
        Fault{"NoConnections", "max_connections", [](Builder& b) { b.max_connections(0); }}),
    [](const auto& fault) { return fault.param.name; });

TEST(ConfigTest, AcceptsItsOwnDefaults) {
  EXPECT_THAT(faulty_fields(ShardManagerConfig::builder()), IsEmpty());
}

TEST(ConfigTest, AcceptsTheSmallestOfEverything) {
  auto builder = ShardManagerConfig::builder();
  builder.max_subscriptions_per_shard(1).connect_timeout(1ns).max_connect_attempts(1);
  builder.proactive_reconnect_interval(1ns).max_message_bytes(1);
  builder.ping_interval(1ns).pong_timeout(1ns).data_timeout(1ns).failure_threshold(1);
  builder.subscriptions_per_message(1).bytes_per_message(1).queue_capacity(1).queue_bytes_max(1);
  builder.messages_per_window(2).window(1ns).message_spacing(1ns);
  builder.connects_per_window(1).connect_window(1ns).max_connections(1);
  builder.backoff({.initial_delay = 1ns,
                   .max_delay = 1ns,
                   .multiplier = 1.0,
                   .jitter = false,
                   .stable_after = 0s});

  EXPECT_THAT(faulty_fields(builder), IsEmpty());
}

TEST(ConfigTest, AcceptsNoneWhereSomethingCanBeSwitchedOff) {
  auto builder = ShardManagerConfig::builder();
  builder.proactive_reconnect_interval(std::nullopt).ping_interval(std::nullopt);
  builder.pong_timeout(std::nullopt).data_timeout(std::nullopt).text_ping(std::nullopt);
  builder.messages_per_window(std::nullopt).window(std::nullopt).message_spacing(std::nullopt);
  builder.connects_per_window(std::nullopt).connect_window(std::nullopt);
  builder.max_connections(std::nullopt);

  EXPECT_THAT(faulty_fields(builder), IsEmpty());
}

TEST(ConfigTest, TellsEveryFaultAtOnce) {
  auto builder = ShardManagerConfig::builder();
  builder.queue_capacity(0).connect_timeout(0s).failure_threshold(0);

  const auto built = builder.build();

  ASSERT_FALSE(built);
  EXPECT_EQ(to_string(built.error()),
            "invalid configuration: connect_timeout must be more than zero; "
            "failure_threshold must be at least 1; queue_capacity must be at least 1");
}

TEST(ConfigTest, SaysThatARateHasTwoParts) {
  const auto built = ShardManagerConfig::builder().messages_per_window(5).build();

  ASSERT_FALSE(built);
  EXPECT_THAT(to_string(built.error()), HasSubstr("window is needed as well: both or neither"));
}

TEST(ConfigTest, SaysWhatCanBeSwitchedOff) {
  const auto built = ShardManagerConfig::builder().data_timeout(0s).build();

  ASSERT_FALSE(built);
  EXPECT_THAT(to_string(built.error()), HasSubstr("data_timeout must be more than zero, or none"));
}

TEST(ConfigTest, SaysWhichSourceIsNone) {
  const auto built = ShardManagerConfig::builder().source_ips({"127.0.0.1", "here"}).build();

  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().faults.at(0).problem, "\"here\" is no IPv4 or IPv6 address in figures");
}

}  // namespace
}  // namespace wsm
