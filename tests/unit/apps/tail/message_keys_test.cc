#include "tail/message_keys.h"

#include <string>

#include <gtest/gtest.h>

#include "tail/options.h"

namespace wsm::tail {
namespace {

class MessageKeysTest : public ::testing::Test {
 protected:
  MessageKeysTest() {
    arguments.url = "wss://example.com/ws";
    arguments.topics = {"a"};
    arguments.subscribe = "s $topics $id";
  }

  MessageKeys keys() { return check_arguments(arguments).value().keys; }
  std::string problem() { return check_arguments(arguments).error(); }

  Arguments arguments;
};

TEST_F(MessageKeysTest, AreNoneUnlessGiven) {
  EXPECT_EQ(keys().topic, std::nullopt);
  EXPECT_EQ(keys().request, std::nullopt);
}

TEST_F(MessageKeysTest, BecomePointers) {
  arguments.topic_key = "arg.name";
  arguments.sequence_key = "seq";
  arguments.previous_key = "prev";
  arguments.id_key = "id";
  arguments.error_key = "error";

  EXPECT_EQ(keys().topic, "/arg/name");
  EXPECT_EQ(keys().sequence, "/seq");
  EXPECT_EQ(keys().previous, "/prev");
  EXPECT_EQ(keys().request, "/id");
  EXPECT_EQ(keys().error, "/error");
}

TEST_F(MessageKeysTest, NameTheOptionWhosePlaceIsNone) {
  arguments.topic_key = "a..b";

  EXPECT_EQ(problem(),
            "--topic-key: must be names with dots between, as in arg.channel, not 'a..b'");
}

TEST_F(MessageKeysTest, NameTheOptionWithoutWhichOneIsOfNoUse) {
  const auto problem_of = [this](std::optional<std::string> Arguments::*option, const char* text) {
    arguments.*option = text;
    std::string found = problem();
    arguments.*option = std::nullopt;
    return found;
  };

  EXPECT_EQ(problem_of(&Arguments::sequence_key, "seq"), "--sequence-key: needs --topic-key");
  EXPECT_EQ(problem_of(&Arguments::previous_key, "prev"), "--previous-key: needs --sequence-key");
  EXPECT_EQ(problem_of(&Arguments::subscription_timeout, "5s"),
            "--subscription-timeout: needs --topic-key");
  EXPECT_EQ(problem_of(&Arguments::subscription_timeout_intervals, "8"),
            "--subscription-timeout-intervals: needs --topic-key");
  EXPECT_EQ(problem_of(&Arguments::redundancy, "2"),
            "--redundancy: needs --topic-key, or each message would be written more than once");
  EXPECT_EQ(problem_of(&Arguments::ack_timeout, "5s"), "--ack-timeout: needs --id-key");
  EXPECT_EQ(problem_of(&Arguments::when_full, "latest"), "--when-full latest: needs --topic-key");
  EXPECT_EQ(problem_of(&Arguments::error_key, "error"),
            "--error-key: needs --id-key or --topic-key, to know what is refused");
}

TEST_F(MessageKeysTest, NeedAnIdInTheRequestThatAnAnswerCanName) {
  arguments.subscribe = "s $topics";
  arguments.id_key = "id";

  EXPECT_EQ(problem(), "--id-key: needs $id in --subscribe, or no answer could name its request");
}

}  // namespace
}  // namespace wsm::tail
