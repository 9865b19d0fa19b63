#include "tail/options.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() { arguments.url = "wss://example.com/ws"; }

  Options checked() { return check_arguments(arguments).value(); }
  std::string problem() { return check_arguments(arguments).error(); }

  Arguments arguments;
};

TEST_F(OptionsTest, NeedNothingButTheUrl) {
  const Options options = checked();

  EXPECT_THAT(options.topics, ElementsAre());
  EXPECT_FALSE(options.subscribe);
  EXPECT_EQ(options.config.health().data_timeout, Duration{30s});
  EXPECT_EQ(options.format, LineFormat::kPlain);
}

TEST_F(OptionsTest, NameTheFaultOfTheUrl) {
  arguments.url = "http://example.com";

  EXPECT_THAT(problem(), StartsWith("URL 'http://example.com': "));
}

TEST_F(OptionsTest, NameAWordThatHasNoPlace) {
  arguments.words = {"-", "extra"};
  EXPECT_EQ(problem(), "unexpected word 'extra': a list of topics is one word, as in --topics a,b");

  arguments.url = "b";
  arguments.words = {"c", "wss://example.com/ws"};
  EXPECT_THAT(problem(), StartsWith("unexpected word 'b': "));
}

TEST_F(OptionsTest, SayHowTopicsAreAskedFor) {
  arguments.topics = {"a,b"};

  EXPECT_THAT(problem(), HasSubstr(R"(--subscribe '{"op":"subscribe","args":$topics)"));
}

TEST_F(OptionsTest, WantAPlaceForTheTopics) {
  arguments.topics = {"a,b"};
  arguments.subscribe = R"({"op":"subscribe"})";

  EXPECT_THAT(problem(), StartsWith("--subscribe: has no place for the topics"));
}

TEST_F(OptionsTest, WantTopicsForThePlace) {
  arguments.subscribe = R"({"args":$topics})";

  EXPECT_THAT(problem(), StartsWith("--subscribe: has a place for topics, but there are none"));
}

TEST_F(OptionsTest, TakeARequestWithoutTopics) {
  arguments.subscribe = R"({"op":"subscribe","channel":"all"})";

  EXPECT_TRUE(checked().subscribe);
}

TEST_F(OptionsTest, CheckBothTemplates) {
  arguments.topics = {"a"};
  arguments.subscribe = R"({"args":$topics})";
  arguments.unsubscribe = R"({"args":$topics)";

  EXPECT_THAT(problem(), StartsWith("--unsubscribe: makes a message that is not JSON"));
}

TEST_F(OptionsTest, PutOneTopicIntoAMessageWhereTheTemplateSaysSo) {
  arguments.topics = {"a,b", "c,a"};
  arguments.subscribe = R"({"arg":$topic})";

  EXPECT_THAT(checked().topics, ElementsAre("a", "b", "c"));
  EXPECT_EQ(checked().config.limits().subscriptions_per_message, 1U);

  arguments.batch = "10";
  EXPECT_THAT(problem(), StartsWith("--batch: "));
}

TEST_F(OptionsTest, RefuseAnEmptyListOfTopics) {
  arguments.topics_files = {"/dev/null"};
  arguments.subscribe = R"({"args":$topics})";

  EXPECT_EQ(problem(), "--topics: there is not a single topic");
}

TEST_F(OptionsTest, CutHeadersAtTheFirstColon) {
  arguments.headers = {"Authorization:  Bearer a:b", "X-Empty:"};

  EXPECT_THAT(checked().headers,
              ElementsAre(Header{"Authorization", "Bearer a:b"}, Header{"X-Empty", ""}));
}

TEST_F(OptionsTest, RefuseHeadersThatAreNone) {
  for (const char* header : {"Authorization", ": value", "Two Words: value", "A: b\r\nC: d"}) {
    arguments.headers = {header};
    EXPECT_THAT(problem(), StartsWith("--header")) << header;
  }
}

TEST_F(OptionsTest, SwitchPingsAndTimeOutsOff) {
  arguments.ping_interval = "none";
  arguments.data_timeout = "none";

  const Options options = checked();

  EXPECT_EQ(options.config.health().ping_interval, std::nullopt);
  EXPECT_EQ(options.config.health().data_timeout, std::nullopt);
}

TEST_F(OptionsTest, ReplaceEscapesInWhatIsSent) {
  arguments.sends = {R"(CONNECT {}\r\n)"};
  arguments.text_ping = R"(PING\r\n)";
  arguments.text_pong = R"(PONG\r\n)";

  const Options options = checked();

  EXPECT_THAT(options.first_messages, ElementsAre("CONNECT {}\r\n"));
  EXPECT_EQ(options.config.health().text_ping, "PING\r\n");
  EXPECT_EQ(options.config.health().text_pong, "PONG\r\n");
}

TEST_F(OptionsTest, NameTheOptionWithTheFault) {
  arguments.duration = "5";
  EXPECT_THAT(problem(), StartsWith("--duration: "));
  arguments.binary = "octal";
  EXPECT_THAT(problem(), StartsWith("--binary: "));
  arguments.ca = "/nonexistent.pem";
  EXPECT_THAT(problem(), StartsWith("--ca: cannot read '/nonexistent.pem': No such file"));
  arguments.text_pong = "PONG";
  EXPECT_THAT(problem(), StartsWith("--text-pong: "));
}

TEST_F(OptionsTest, WantNumbersOfAtLeastOne) {
  arguments.count = "0";
  EXPECT_EQ(problem(), "--count: must be a number of at least 1, not '0'");
  arguments.batch_bytes = "many";
  EXPECT_EQ(problem(), "--batch-bytes: must be a number of at least 1, not 'many'");
  arguments.batch = "-3";
  EXPECT_EQ(problem(), "--batch: must be a number of at least 1, not '-3'");
  arguments.max_per_shard = "-1";
  EXPECT_EQ(problem(), "--max-per-shard: must be a number of at least 1, not '-1'");
}

TEST_F(OptionsTest, TakeTheSizesThatAreGiven) {
  arguments.max_per_shard = "3";
  arguments.batch = "2";
  arguments.batch_bytes = "100";
  arguments.count = "7";

  const Options options = checked();

  EXPECT_EQ(options.config.manager().max_subscriptions_per_shard, 3U);
  EXPECT_EQ(options.config.limits().subscriptions_per_message, 2U);
  EXPECT_EQ(options.config.limits().bytes_per_message, 100U);
  EXPECT_EQ(options.message_limit, 7U);
}

TEST_F(OptionsTest, NameBothOptionsThatContradictEachOther) {
  arguments.text_ping = "ping";
  arguments.ping_interval = "none";

  EXPECT_EQ(problem(), "--text-ping: needs a --ping-interval");
}

}  // namespace
}  // namespace wsm::tail
