#include "tail/config_options.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tail/options.h"

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class ConfigOptionsTest : public ::testing::Test {
 protected:
  ConfigOptionsTest() { arguments.url = "wss://example.com/ws"; }

  ShardManagerConfig config() { return check_arguments(arguments).value().config; }
  std::string problem() { return check_arguments(arguments).error(); }
  std::string problem_of(std::optional<std::string> Arguments::*option, const char* text) {
    arguments.*option = text;
    std::string found = problem();
    arguments.*option = std::nullopt;
    return found;
  }

  Arguments arguments;
};

TEST_F(ConfigOptionsTest, LeaveTheDefaultsOfTheLibrary) {
  EXPECT_EQ(config().limits().messages_per_window, std::nullopt);
  EXPECT_EQ(config().limits().message_spacing, std::nullopt);
  EXPECT_EQ(config().limits().max_connections, std::nullopt);
  EXPECT_THAT(config().connection().source_ips, ElementsAre());
  EXPECT_EQ(config().health().subscription_timeout, std::nullopt);
  EXPECT_EQ(config().delivery().when_full, WhenFull::kBlock);
}

TEST_F(ConfigOptionsTest, SetHowManyConnectionsThereAreAndHowOldTheyGet) {
  EXPECT_EQ(config().manager().redundancy, 1U);
  arguments.topics = {"btc"};
  arguments.subscribe = R"({"subscribe":$topics})";
  arguments.topic_key = "topic";
  arguments.redundancy = "3";
  arguments.renew_every = "2h";

  EXPECT_EQ(config().manager().redundancy, 3U);
  EXPECT_EQ(config().connection().proactive_reconnect_interval, Duration{2h});
  arguments.renew_every = "none";
  EXPECT_EQ(config().connection().proactive_reconnect_interval, std::nullopt);
  EXPECT_EQ(problem_of(&Arguments::redundancy, "9"),
            "--redundancy: must be a number of at most 8, not '9'");
}

TEST_F(ConfigOptionsTest, SetWhatTheServerAllows) {
  arguments.messages_per_window = "5";
  arguments.window = "1s";
  arguments.message_spacing = "20ms";
  arguments.connects_per_window = "300";
  arguments.connect_window = "5m";
  arguments.max_connections = "8";

  const LimitOptions limits = config().limits();

  EXPECT_EQ(limits.messages_per_window, 5U);
  EXPECT_EQ(limits.window, Duration{1s});
  EXPECT_EQ(limits.message_spacing, Duration{20ms});
  EXPECT_EQ(limits.connects_per_window, 300U);
  EXPECT_EQ(limits.connect_window, Duration{5min});
  EXPECT_EQ(limits.max_connections, 8U);
}

TEST_F(ConfigOptionsTest, SetHowItConnects) {
  arguments.source_ips = {"127.0.0.2", "::1"};
  arguments.shards_per_ip = "3";
  arguments.breaker_threshold = "7";
  arguments.breaker_reset_timeout = "2s";

  const ConnectionOptions connection = config().connection();

  EXPECT_THAT(connection.source_ips, ElementsAre("127.0.0.2", "::1"));
  EXPECT_EQ(connection.shards_per_ip, 3U);
  EXPECT_EQ(connection.circuit_breaker_threshold, 7U);
  EXPECT_EQ(connection.circuit_breaker_reset_timeout, Duration{2s});
}

TEST_F(ConfigOptionsTest, SetWhatIsTooLong) {
  arguments.topics = {"a"};
  arguments.subscribe = "s $topics $id";
  arguments.topic_key = "topic";
  arguments.id_key = "id";
  arguments.data_timeout = "5s";
  arguments.subscription_timeout = "1m";
  arguments.subscription_timeout_intervals = "8";
  arguments.ack_timeout = "none";

  const HealthOptions health = config().health();

  EXPECT_EQ(health.data_timeout, Duration{5s});
  EXPECT_EQ(health.subscription_timeout, Duration{1min});
  EXPECT_EQ(health.subscription_timeout_intervals, 8U);
  EXPECT_EQ(health.acknowledgement_timeout, std::nullopt);
}

TEST_F(ConfigOptionsTest, EndPingsAndTheWaitForPongsTogether) {
  arguments.ping_interval = "none";

  EXPECT_EQ(config().health().ping_interval, std::nullopt);
  EXPECT_EQ(config().health().pong_timeout, std::nullopt);
}

TEST_F(ConfigOptionsTest, NameWhatIsOutOfItsRange) {
  EXPECT_EQ(problem_of(&Arguments::max_connections, "0"),
            "--max-connections: must be a number of at least 1, not '0'");
  EXPECT_EQ(problem_of(&Arguments::messages_per_window, "1"),
            "--messages-per-window: must be a number of at least 2, not '1'");
  EXPECT_EQ(problem_of(&Arguments::breaker_threshold, "4294967296"),
            "--breaker-threshold: must be a number of at most 4294967295, not '4294967296'");
  EXPECT_EQ(problem_of(&Arguments::message_spacing, "366d"),
            "--message-spacing: '366d' is more than 365d");
}

TEST_F(ConfigOptionsTest, NameWhatIsNoTime) {
  EXPECT_THAT(problem_of(&Arguments::connect_window, "5"), StartsWith("--connect-window: '5' has"));
  EXPECT_THAT(problem_of(&Arguments::window, "none"), StartsWith("--window: 'none' is no"));
}

TEST_F(ConfigOptionsTest, NameAnAddressThatIsNone) {
  arguments.source_ips = {"localhost"};

  EXPECT_EQ(problem(), R"(--source-ip: "localhost" is no IPv4 or IPv6 address in figures)");
}

TEST_F(ConfigOptionsTest, NameTheOptionThatIsMissingBesideTheOther) {
  EXPECT_EQ(problem_of(&Arguments::messages_per_window, "5"),
            "--window: is needed as well: both or neither");
  EXPECT_EQ(problem_of(&Arguments::connect_window, "5m"),
            "--connects-per-window: is needed as well: both or neither");
}

TEST_F(ConfigOptionsTest, SetTheQueueAndWhatGivesWayInIt) {
  arguments.queue_capacity = "100";
  arguments.when_full = "drop-oldest";

  EXPECT_EQ(config().delivery().queue_capacity, 100U);
  EXPECT_EQ(config().delivery().when_full, WhenFull::kDropOldest);
}

TEST_F(ConfigOptionsTest, SetWhatIsOfferedAboutCompression) {
  EXPECT_EQ(config().connection().compression, Compression::kOff);
  arguments.compression = "no-context-takeover";

  EXPECT_EQ(config().connection().compression, Compression::kNoContextTakeover);
  EXPECT_EQ(problem_of(&Arguments::compression, "yes"),
            "--compression: must be off, on or no-context-takeover, not 'yes'");
}

TEST_F(ConfigOptionsTest, NameTheChoicesThatThereAre) {
  EXPECT_EQ(problem_of(&Arguments::when_full, "oldest"),
            "--when-full: must be block, drop-oldest, drop-newest or latest, not 'oldest'");
}

}  // namespace
}  // namespace wsm::tail
