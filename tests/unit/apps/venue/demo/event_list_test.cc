#include "demo/event_list.h"

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

EventLine line(int number) {
  return {std::chrono::seconds{number}, Origin::kLibrary, std::to_string(number)};
}

TEST(EventListTest, GivesTheLastOnesOldestFirst) {
  EventList events;
  for (int number = 1; number <= 3; ++number) events.add(line(number));

  EXPECT_THAT(events.last(2),
              ElementsAre(Field(&EventLine::text, "2"), Field(&EventLine::text, "3")));
  EXPECT_THAT(events.last(9), SizeIs(3));
  EXPECT_THAT(events.last(0), IsEmpty());
}

TEST(EventListTest, ForgetsTheOldestWhenItIsFull) {
  EventList events;
  for (int number = 0; number <= static_cast<int>(EventList::kKept); ++number) {
    events.add(line(number));
  }

  EXPECT_THAT(events.last(1'000), SizeIs(EventList::kKept));
  EXPECT_EQ(events.last(1'000).front().text, "1");
}

}  // namespace
}  // namespace wsm::demo
