#include "venue/reply.h"

#include <gtest/gtest.h>

namespace wsm::venue {
namespace {

TEST(ReplyTest, AcknowledgesWithTheIdAndTheCount) {
  const Request request{Operation::kSubscribe, {"T0001"}, 7};

  EXPECT_EQ(acknowledgement(request, 200), R"({"op":"subscribe","id":7,"ok":true,"count":200})");
}

TEST(ReplyTest, LeavesOutAnIdThatWasNotGiven) {
  const Request request{Operation::kUnsubscribe, {"T0001"}, std::nullopt};

  EXPECT_EQ(acknowledgement(request, 0), R"({"op":"unsubscribe","ok":true,"count":0})");
}

TEST(ReplyTest, EscapesWhatTheClientWrote) {
  EXPECT_EQ(error_reply(3, "no topic \"\n\""),
            R"({"op":"error","id":3,"message":"no topic \"\n\""})");
}

TEST(ReplyTest, DataHasTopicSequenceAndMicroseconds) {
  const SystemTime time{std::chrono::microseconds{1'767'225'600'000'001}};

  EXPECT_EQ(data_message(TopicId{41}, 12, time),
            R"({"topic":"T0042","seq":12,"ts":1767225600000001})");
}

TEST(ReplyTest, ADrainNoticeSaysHowMuchTimeIsLeft) {
  EXPECT_EQ(drain_notice(std::chrono::milliseconds{1500}), R"({"op":"drain","ms":1500})");
}

TEST(ReplyTest, AHeartbeatIsNoData) { EXPECT_EQ(heartbeat(), R"({"op":"heartbeat"})"); }

}  // namespace
}  // namespace wsm::venue
