#include "venue/topic.h"

#include <gmock/gmock.h>

namespace wsm::venue {
namespace {

using ::testing::Optional;

TEST(TopicTest, NamesAreCountedFromOneInFourDigits) {
  EXPECT_EQ(topic_name(TopicId{0}), "T0001");
  EXPECT_EQ(topic_name(TopicId{1'199}), "T1200");
}

TEST(TopicTest, EveryNameIsFoundAgain) {
  for (std::uint32_t index = 0; index < kTopicsMax; ++index) {
    EXPECT_THAT(find_topic(topic_name(TopicId{index}), kTopicsMax), Optional(TopicId{index}));
  }
}

TEST(TopicTest, NothingElseIsATopic) {
  for (const auto* name : {"", "T", "T0000", "T0011", "0001", "T1", "T00001", "t0001", "T-001",
                           "T 001", "T0x01", "T001 "}) {
    EXPECT_EQ(find_topic(name, 10), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace wsm::venue
