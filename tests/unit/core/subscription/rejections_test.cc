#include "core/subscription/rejections.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr SubscriptionId kFirst{1};
constexpr SubscriptionId kSecond{2};
constexpr TimePoint kNow{1h};

TEST(RejectionsTest, KeepsWhatIsFinalForEver) {
  Rejections rejections;
  rejections.add(kFirst, {kNow, std::nullopt, "no such symbol"});

  EXPECT_EQ(rejections.next_deadline(), std::nullopt);
  EXPECT_THAT(rejections.take_due(kNow + 1000h), IsEmpty());
  EXPECT_EQ(rejections.find(kFirst)->detail, "no such symbol");
}

TEST(RejectionsTest, GivesBackWhatMayBeAskedAgainAtItsTime) {
  Rejections rejections;
  rejections.add(kFirst, {kNow, kNow + 30s, "busy"});
  rejections.add(kSecond, {kNow, kNow + 20s, "busy"});

  EXPECT_EQ(rejections.next_deadline(), kNow + 20s);
  EXPECT_THAT(rejections.take_due(kNow + 20s - 1ns), IsEmpty());
  EXPECT_THAT(rejections.take_due(kNow + 20s), ElementsAre(kSecond));
  EXPECT_FALSE(rejections.contains(kSecond));
  EXPECT_TRUE(rejections.contains(kFirst));
}

TEST(RejectionsTest, GivesBackTogetherByIdWhatIsDueTogether) {
  Rejections rejections;
  rejections.add(kSecond, {kNow, kNow + 10s, "busy"});
  rejections.add(kFirst, {kNow, kNow + 20s, "busy"});

  EXPECT_THAT(rejections.take_due(kNow + 20s), ElementsAre(kFirst, kSecond));
  EXPECT_EQ(rejections.next_deadline(), std::nullopt);
}

TEST(RejectionsTest, TheLastRefusalCounts) {
  Rejections rejections;
  rejections.add(kFirst, {kNow, kNow + 10s, "busy"});

  rejections.add(kFirst, {kNow, std::nullopt, "no such symbol"});

  EXPECT_EQ(rejections.next_deadline(), std::nullopt);
  EXPECT_EQ(rejections.find(kFirst)->detail, "no such symbol");
}

TEST(RejectionsTest, ForgetsWhatIsNotWantedAnyMore) {
  Rejections rejections;
  rejections.add(kFirst, {kNow, kNow + 30s, {}});

  rejections.remove(kFirst);

  EXPECT_EQ(rejections.find(kFirst), nullptr);
  EXPECT_EQ(rejections.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace wsm
