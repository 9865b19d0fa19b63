#include "demo/handler.h"

#include <gmock/gmock.h>

#include "venue/reply.h"
#include "venue/request.h"

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Optional;

Message message(std::string_view text) {
  return {MessageKind::kText, std::as_bytes(std::span{text.data(), text.size()})};
}

class HandlerTest : public ::testing::Test {
 protected:
  void receive(std::string_view text) { handler.on_message(message(text), state); }

  EventList events;
  ConnectionState state{
      .shard_id = ShardId{1}, .generation = Generation{3}, .attempt = 0, .url = {}, .reply_to = {}};
  Handler handler{"ws://127.0.0.1:1", 3, events, [] { return Duration{7s}; }};
};

TEST_F(HandlerTest, ConnectsUnderTheNameOfTheConnection) {
  EXPECT_EQ(handler.url(state), "ws://127.0.0.1:1/?shard=1&generation=3");
}

TEST_F(HandlerTest, SubscribesToTwoOfThreeTopicsAndKnowsTheOthers) {
  EXPECT_THAT(handler.subscriptions(), ElementsAre("T0001", "T0002"));
  EXPECT_THAT(handler.other_subscriptions(), ElementsAre("T0003"));
}

TEST_F(HandlerTest, AsksInTheWordsOfTheVenueWithANewIdEachTime) {
  const std::vector<std::string> topics{"T0001", "T0002"};
  for (const int id : {1, 2}) {
    const auto request = venue::parse_request(handler.subscription_message(topics)->payload());

    ASSERT_TRUE(request);
    EXPECT_EQ(request->operation, venue::Operation::kSubscribe);
    EXPECT_EQ(request->args, topics);
    EXPECT_THAT(request->id, Optional(id));
  }
}

TEST_F(HandlerTest, TellsTheManagerWhatAMessageIs) {
  const venue::Request request{venue::Operation::kSubscribe, {"T0001"}, 7};
  const auto data = handler.inspect(message(venue::data_message(venue::TopicId{0}, 17, {})));
  const auto answer = handler.inspect(message(venue::acknowledgement(request, 1)));
  const auto refusal = handler.inspect(message(venue::error_reply(8, "too many")));

  EXPECT_EQ(data.role, MessageRole::kData);
  EXPECT_EQ(data.subscription, "T0001");
  EXPECT_EQ(data.numbering, Numbering{.sequence = 17});
  EXPECT_EQ(answer.role, MessageRole::kAcknowledgement);
  EXPECT_EQ(answer.request, 7U);
  EXPECT_EQ(refusal.role, MessageRole::kRejection);
  EXPECT_EQ(refusal.request, 8U);
  EXPECT_EQ(refusal.detail, "too many");
  EXPECT_EQ(handler.inspect(message(venue::heartbeat())).role, MessageRole::kHeartbeat);
  EXPECT_EQ(handler.inspect(message("no JSON")).role, MessageRole::kOther);
}

TEST_F(HandlerTest, KeepsWhatTheManagerTellsOfGaps) {
  const SubscriptionName topic{SubscriptionId{0}, "T0002"};
  handler.on_event({{}, event::GapClosed{topic, ShardId{0}, GapCause::kStall, 1, 5, 3, 1s}});
  handler.on_event({{}, event::MessageLate{topic, ShardId{0}, 2}});

  EXPECT_EQ(handler.ledger().lost(venue::TopicId{1}), 2U);
}

TEST_F(HandlerTest, KeepsAReceiptForEachMessageOfData) {
  receive(venue::heartbeat());
  receive(venue::data_message(venue::TopicId{2}, 41, {}));

  const Receipts receipts = handler.receipts();
  EXPECT_EQ(handler.received(), 1U);
  EXPECT_EQ(receipts.topics()[2].count(41), 1U);
  EXPECT_EQ(receipts.topics()[2].newest_from, (Source{ShardId{1}, Generation{3}}));
}

TEST_F(HandlerTest, UnreadableDataIsMalformed) {
  for (const auto* text : {R"({"topic":)", R"({"topic":"T0001"})", R"({"topic":"T0004","seq":1})",
                           R"({"topic":"T0001","seq":-1})", R"({"topic":"T0001","seq":"1"})"}) {
    receive(text);
  }

  EXPECT_EQ(handler.receipts().malformed(), 5U);
  EXPECT_EQ(handler.received(), 0U);
}

TEST_F(HandlerTest, ListsEventsWithTheTimeOfTheDemo) {
  handler.on_event({{}, event::Connecting{ShardId{1}, Generation{1}, 0}});
  handler.on_event({{}, event::ReconnectScheduled{ShardId{1}, 1, 50ms}});

  EXPECT_THAT(events.last(9), ElementsAre(Field(&EventLine::at, Duration{7s})));
}

}  // namespace
}  // namespace wsm::demo
