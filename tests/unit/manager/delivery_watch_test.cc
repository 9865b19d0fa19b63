#include "manager/delivery_watch.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TimePoint kStart{100s};

class DeliveryWatchTest : public ::testing::Test {
 protected:
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    while (const auto event = watch.poll_event()) lines.push_back(to_string(*event));
    return lines;
  }

  DeliveryWatch watch;
};

TEST_F(DeliveryWatchTest, HasNothingToSayOfAQueueThatIsEmpty) {
  watch.handle_turn(0, 0, kStart);

  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(watch.next_deadline(), std::nullopt);
}

TEST_F(DeliveryWatchTest, TellsOfDropsAtOnceAndThenOnceInASecond) {
  watch.handle_turn(5, 0, kStart);
  EXPECT_THAT(told(), ElementsAre("delivery queue full: 5 messages dropped in 0.000 s"));

  watch.handle_turn(7, 0, kStart + 500ms);
  watch.handle_turn(8, 0, kStart + 1s - 1ns);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(watch.next_deadline(), kStart + 1s);

  watch.handle_turn(8, 0, kStart + 1s);
  EXPECT_THAT(told(), ElementsAre("delivery queue full: 3 messages dropped in 0.500 s"));
  EXPECT_EQ(watch.next_deadline(), std::nullopt);
}

TEST_F(DeliveryWatchTest, TellsTheRestOfTheDropsAtTheEnd) {
  watch.handle_turn(5, 0, kStart);
  watch.handle_turn(6, 0, kStart + 1ms);
  (void)told();

  watch.finish(kStart + 2ms);

  EXPECT_THAT(told(), ElementsAre("delivery queue full: 1 message dropped in 0.001 s"));
}

TEST_F(DeliveryWatchTest, LooksAtAQueueAgainASecondAfterItWasSeenWithMessages) {
  watch.handle_turn(0, 1, kStart);
  watch.handle_turn(0, 1, kStart + 10ms);

  EXPECT_EQ(watch.next_deadline(), kStart + 1s);
  EXPECT_FALSE(watch.is_wait_due(kStart + 1s - 1ns));
  EXPECT_TRUE(watch.is_wait_due(kStart + 1s));
}

TEST_F(DeliveryWatchTest, AMessageThatHasWaitedForASecondMakesTheHandlerSlow) {
  watch.handle_wait(kStart, 3, kStart + 1s - 1ns);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(watch.next_deadline(), kStart + 1s);

  watch.handle_wait(kStart, 3, kStart + 1s);
  EXPECT_THAT(told(), ElementsAre("handler is 1.000 s behind: 3 messages in the queue"));
  EXPECT_EQ(watch.next_deadline(), kStart + 2s);
}

TEST_F(DeliveryWatchTest, TellsOnceThatTheHandlerHasCaughtUp) {
  watch.handle_wait(kStart, 3, kStart + 1s);
  watch.handle_wait(kStart + 500ms, 2, kStart + 2s);
  (void)told();

  watch.handle_wait(std::nullopt, 0, kStart + 3s);
  EXPECT_THAT(told(), ElementsAre("handler has caught up after 2.000 s"));
  EXPECT_EQ(watch.next_deadline(), std::nullopt);

  watch.handle_wait(std::nullopt, 0, kStart + 4s);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(DeliveryWatchTest, KeepsLookingWhileTheHandlerHasAMessageInHand) {
  watch.handle_wait(std::nullopt, 1, kStart);

  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(watch.next_deadline(), kStart + 1s);
}

}  // namespace
}  // namespace wsm
