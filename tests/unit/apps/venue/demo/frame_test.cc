#include "demo/frame.h"

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class FrameTest : public ::testing::Test {
 protected:
  Frame frame{.elapsed = 5s,
              .length = 20s,
              .topics = 1'200,
              .topics_in_service = 800,
              .subscriptions = {.desired = 300, .requested = 100, .live = 790, .stale = 10},
              .messages_lost = 64,
              .gaps = 31,
              .received = 20'123,
              .messages_per_second = 4'987.4,
              .shards = {{ShardId{0}, ShardStatus::kLive, 400, Generation{1}, 1'600},
                         {ShardId{1}, ShardStatus::kBackingOff, 400, Generation{2}, 0}},
              .events = {{3s, Origin::kLibrary, "shard 0 connected"},
                         {4s, Origin::kTimetable, "cut: the venue resets shard 1"}}};
};

TEST_F(FrameTest, ShowsShardsRatesAndEvents) {
  const auto lines = draw(frame, {.columns = 120});

  EXPECT_THAT(lines, Contains(HasSubstr("5.0 of 20 s")));
  EXPECT_THAT(lines, Contains(HasSubstr("800 of 1200 topics in service   4987 messages/s")));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("300 desired, 100 requested, 790 live, 10 stale"),
                                    HasSubstr("ledger: 64 lost in 31 gaps"))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("backing off"), HasSubstr("400"))));
  EXPECT_THAT(lines, Contains(HasSubstr("4.0 s  * cut: the venue resets shard 1")));
}

TEST_F(FrameTest, HasNoEscapesWithoutColour) {
  EXPECT_THAT(draw(frame, {.has_colour = false}), Each(Not(HasSubstr("\x1b"))));
  EXPECT_THAT(draw(frame, {.has_colour = true}), Contains(HasSubstr("\x1b[32m")));
}

TEST_F(FrameTest, IsNeverWiderThanTheCanvas) {
  for (std::size_t columns = 1; columns < 100; ++columns) {
    for (const auto& line : draw(frame, {.columns = columns})) EXPECT_LE(line.size(), columns);
  }
}

TEST_F(FrameTest, IsNeverHigherThanTheCanvas) {
  for (std::size_t rows = 1; rows < 9; ++rows) {
    EXPECT_THAT(draw(frame, {.rows = rows}), SizeIs(rows));
  }
}

TEST_F(FrameTest, KeepsTheNewestEventsWhenRoomIsShort) {
  const auto lines = draw(frame, {.rows = 9});

  EXPECT_THAT(lines, Contains(HasSubstr("cut:")));
  EXPECT_THAT(lines, Each(Not(HasSubstr("shard 0 connected"))));
}

TEST_F(FrameTest, FitsIntoOneLine) {
  EXPECT_EQ(
      summarise(frame),
      "  5.0 s  1 of 2 shards live  800 of 1200 topics in service, 790 live, 10 stale  "
      "4987 messages/s  20123 received, 64 lost  (last: cut: the venue resets shard 1 at 4.0 s)");
}

}  // namespace
}  // namespace wsm::demo
