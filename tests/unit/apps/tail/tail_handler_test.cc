#include "tail/tail_handler.h"

#include <chrono>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

class TailHandlerTest : public ::testing::Test {
 protected:
  TailHandlerTest() {
    arguments.url = "ws://127.0.0.1:1/";
    arguments.is_quiet = true;
  }
  ~TailHandlerTest() override { close(output); }

  static Message text(std::string_view text) {
    return {MessageKind::kText, std::as_bytes(std::span{text})};
  }
  static DisconnectReason reason(DisconnectKind kind) { return {kind, "why", {}, {}, {}}; }

  const int output = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const ConnectionState state{ShardId{0}, Generation{1}, 0, "", false, {}};
  Arguments arguments;
};

TEST_F(TailHandlerTest, KeepsOneConnectionOpenWhereThereAreNoTopics) {
  TailHandler tail{check_arguments(arguments).value(), output};

  EXPECT_THAT(tail.subscriptions(), ElementsAre(""));
  EXPECT_EQ(tail.subscription_message(tail.subscriptions()), std::nullopt);
}

TEST_F(TailHandlerTest, NumbersItsRequests) {
  arguments.topics = {"a,b"};
  arguments.subscribe = "s $topics $id";
  arguments.unsubscribe = "u $topics $id";
  TailHandler tail{check_arguments(arguments).value(), output};
  const auto topics = tail.subscriptions();

  EXPECT_THAT(tail.subscription_message(topics),
              Optional(OutgoingMessage::text(R"(s ["a","b"] 1)")));
  EXPECT_THAT(tail.unsubscription_message(topics),
              Optional(OutgoingMessage::text(R"(u ["a","b"] 2)")));
}

TEST_F(TailHandlerTest, CountsAMessageWithAHeartbeatMarkAsNoData) {
  arguments.heartbeats = {"\"hb\"", "tick"};
  TailHandler tail{check_arguments(arguments).value(), output};

  EXPECT_FALSE(tail.is_data_message(text(R"({"op":"hb"})")));
  EXPECT_FALSE(tail.is_data_message(text("tick 1")));
  EXPECT_TRUE(tail.is_data_message(text("price")));
}

TEST_F(TailHandlerTest, EndsAfterTheMessagesThatWereAskedFor) {
  arguments.count = "2";
  TailHandler tail{check_arguments(arguments).value(), output};

  for (int i = 0; i < 3; ++i) tail.on_message(text("x"), state);

  EXPECT_EQ(tail.stop_request().wait(10s).value().code, ExitCode::kOk);
  EXPECT_EQ(tail.tally().counts().total().messages, 2U);
}

TEST_F(TailHandlerTest, EndsWhenTheFirstConnectionFails) {
  TailHandler tail{check_arguments(arguments).value(), output};

  EXPECT_EQ(tail.on_error(state, reason(DisconnectKind::kTlsFailed)), ErrorAnswer::kStop);

  const Ending ending = tail.stop_request().wait(10s).value();
  EXPECT_EQ(ending.code, ExitCode::kTlsFailed);
  EXPECT_THAT(ending.message, HasSubstr("why"));
}

TEST_F(TailHandlerTest, GoesOnWhenTheFirstConnectionFailsAndItShallRetry) {
  arguments.is_retrying = true;
  TailHandler tail{check_arguments(arguments).value(), output};

  EXPECT_EQ(tail.on_error(state, reason(DisconnectKind::kTlsFailed)), ErrorAnswer::kDefault);
}

TEST_F(TailHandlerTest, EndsWithTheLastFailureWhenNothingHasOpenedInTime) {
  arguments.is_retrying = true;
  TailHandler tail{check_arguments(arguments).value(), output};
  EXPECT_EQ(tail.ending_in_time().code, ExitCode::kConnectFailed);

  (void)tail.on_error(state, reason(DisconnectKind::kConnectFailed));
  (void)tail.on_error(state, reason(DisconnectKind::kUpgradeRefused));

  EXPECT_EQ(tail.ending_in_time().code, ExitCode::kUpgradeRefused);
  EXPECT_THAT(tail.ending_in_time().message, HasSubstr("why"));
}

TEST_F(TailHandlerTest, EndsWellInTimeOnceAConnectionHasOpened) {
  arguments.is_retrying = true;
  TailHandler tail{check_arguments(arguments).value(), output};

  (void)tail.on_error(state, reason(DisconnectKind::kConnectFailed));
  (void)tail.subscription_message(tail.subscriptions());

  EXPECT_EQ(tail.ending_in_time().code, ExitCode::kOk);
}

TEST_F(TailHandlerTest, GoesOnOnceAMessageHasArrived) {
  TailHandler tail{check_arguments(arguments).value(), output};
  (void)tail.subscription_message(tail.subscriptions());

  EXPECT_EQ(tail.on_error(state, reason(DisconnectKind::kConnectFailed)), ErrorAnswer::kDefault);
  (void)tail.inspect(text("hello"));
  EXPECT_EQ(tail.on_error(state, reason(DisconnectKind::kClosedByServer)), ErrorAnswer::kDefault);
}

TEST_F(TailHandlerTest, EndsWhenNotASingleTopicCanBeRequested) {
  arguments.topics = {"a"};
  arguments.subscribe = "s $topics";
  TailHandler tail{check_arguments(arguments).value(), output};

  tail.on_event({{}, event::SubscriptionSendFailed{ShardId{0}, 1, "more than bytes_per_message"}});

  const Ending ending = tail.stop_request().wait(10s).value();
  EXPECT_EQ(ending.code, ExitCode::kNothingRequested);
  EXPECT_THAT(ending.message, HasSubstr("more than --batch-bytes"));
}

TEST_F(TailHandlerTest, EndsWhenTheManagerHasBrokenDown) {
  TailHandler tail{check_arguments(arguments).value(), output};

  tail.on_event({{}, event::BrokeDown{"std::bad_alloc"}});

  const Ending ending = tail.stop_request().wait(10s).value();
  EXPECT_EQ(ending.code, ExitCode::kOther);
  EXPECT_THAT(ending.message, HasSubstr("std::bad_alloc"));
}

TEST_F(TailHandlerTest, EndsWhenTheDiskIsFull) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  TailHandler tail{check_arguments(arguments).value(), full};

  tail.on_message(text("x"), state);

  const Ending ending = tail.stop_request().wait(10s).value();
  EXPECT_EQ(ending.code, ExitCode::kOther);
  EXPECT_THAT(ending.message, HasSubstr("No space left"));
  close(full);
}

TEST_F(TailHandlerTest, GivesItsRequestsAnIdWhereAnswersHaveOne) {
  arguments.topics = {"a"};
  arguments.subscribe = "s $topics $id";
  TailHandler without{check_arguments(arguments).value(), output};
  arguments.id_key = "id";
  TailHandler with{check_arguments(arguments).value(), output};

  EXPECT_EQ(without.subscription_message(without.subscriptions())->request(), std::nullopt);
  EXPECT_EQ(with.subscription_message(with.subscriptions())->request(), 1U);
}

TEST_F(TailHandlerTest, FindsInMessagesWhatTheKeysName) {
  arguments.topics = {"a"};
  arguments.subscribe = "s $topics";
  arguments.topic_key = "topic";
  arguments.heartbeats = {"\"hb\""};
  TailHandler tail{check_arguments(arguments).value(), output};

  EXPECT_EQ(tail.inspect(text(R"({"topic":"a"})")).subscription, "a");
  EXPECT_EQ(tail.inspect(text(R"({"topic":"a","hb":1})")).role, MessageRole::kHeartbeat);
  EXPECT_EQ(tail.inspect(text("a")).role, MessageRole::kUndecided);
}

TEST_F(TailHandlerTest, EndsWhenTheServerRefusesEveryTopic) {
  arguments.topics = {"a,b"};
  arguments.subscribe = "s $topics";
  TailHandler tail{check_arguments(arguments).value(), output};

  tail.on_event({{},
                 event::SubscriptionsChanged{ShardId{0},
                                             {},
                                             SubscriptionStatus::kRejected,
                                             {{SubscriptionId{0}}, {SubscriptionId{1}}}}});

  EXPECT_EQ(tail.stop_request().wait(10s).value().code, ExitCode::kRefused);
}

}  // namespace
}  // namespace wsm::tail
