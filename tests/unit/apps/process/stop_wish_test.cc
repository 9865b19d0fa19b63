#include "process/stop_wish.h"

#include <gmock/gmock.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

TEST(StopWishesTest, NothingHasComeAtFirst) { EXPECT_FALSE(StopWishes{}.has_come()); }

TEST(StopWishesTest, TwoSignalsAtOnceAreOneWish) {
  StopWishes wishes;

  EXPECT_EQ(wishes.note(1h), StopWish::kFirst);
  EXPECT_EQ(wishes.note(1h), StopWish::kSame);
  EXPECT_EQ(wishes.note(1h + StopWishes::kSameWish - 1ns), StopWish::kSame);
  EXPECT_EQ(wishes.note(1h + StopWishes::kSameWish), StopWish::kSecond);
}

TEST(StopWishesTest, CanBeForgotten) {
  StopWishes wishes;
  (void)wishes.note(1h);

  wishes.forget();

  EXPECT_FALSE(wishes.has_come());
  EXPECT_EQ(wishes.note(2h), StopWish::kFirst);
}

}  // namespace
}  // namespace wsm
