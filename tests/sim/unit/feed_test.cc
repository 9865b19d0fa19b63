#include "sim/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::sim {
namespace {

using ::testing::ElementsAre;

TEST(FeedTest, RequestsComeBackAsTheyWere) {
  const auto request = parse_request(encode(Request{false, 12, {Topic{3}, Topic{400}}}));

  ASSERT_TRUE(request);
  EXPECT_FALSE(request->is_subscribe);
  EXPECT_EQ(request->id, 12U);
  EXPECT_THAT(request->topics, ElementsAre(Topic{3}, Topic{400}));
}

TEST(FeedTest, MessagesComeBackAsTheyWere) {
  using Kind = FeedMessage::Kind;
  for (const FeedMessage& message :
       {FeedMessage{Kind::kData, 0, Topic{3}, 17}, FeedMessage{Kind::kData, 0, Topic{3}, 17, 5},
        FeedMessage{Kind::kData, 0, Topic{3}, 17, 52, 40, true},
        FeedMessage{Kind::kData, 0, Topic{3}, 17, {}, {}, true},
        FeedMessage{Kind::kData, 0, Topic{3}, 17, 5, {}, false, true}, FeedMessage{Kind::kAck, 12},
        FeedMessage{.kind = Kind::kAck, .request = 12, .rejected = {Topic{3}, Topic{400}}},
        FeedMessage{.kind = Kind::kAckInPart, .request = 12, .rejected = {Topic{3}}},
        FeedMessage{Kind::kTopicAck, 12, Topic{3}}, FeedMessage{Kind::kReject, 12, Topic{3}},
        FeedMessage{Kind::kFinalReject, 12, Topic{3}}, FeedMessage{}, FeedMessage{Kind::kDrain},
        FeedMessage{.kind = Kind::kDrain, .url = "ws://b.sim/x?y=1"}}) {
    const auto parsed = parse_feed_message(encode(message));
    ASSERT_TRUE(parsed) << encode(message);
    EXPECT_EQ(parsed->kind, message.kind);
    EXPECT_EQ(parsed->request, message.request);
    EXPECT_EQ(parsed->topic, message.topic);
    EXPECT_EQ(parsed->sequence, message.sequence);
    EXPECT_EQ(parsed->number, message.number);
    EXPECT_EQ(parsed->previous, message.previous);
    EXPECT_EQ(parsed->is_whole, message.is_whole);
    EXPECT_EQ(parsed->is_of_connection, message.is_of_connection);
    EXPECT_EQ(parsed->rejected, message.rejected);
    EXPECT_EQ(parsed->url, message.url);
  }
}

TEST(FeedTest, AnythingElseIsNoMessage) {
  for (const char* text : {"", "X", "D", "D 1", "D x 1", "R 1", "T 1", "A 1 x", "Q 1 2", "S 1 2"}) {
    EXPECT_FALSE(parse_feed_message(text)) << text;
  }
  for (const char* text : {"", "S", "S x", "S 1 x", "D 1 2"}) EXPECT_FALSE(parse_request(text));
}

}  // namespace
}  // namespace wsm::sim
