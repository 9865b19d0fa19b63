#include "venue/topic_rounds.h"

#include <gmock/gmock.h>

namespace wsm::venue {
namespace {

using ::testing::UnorderedElementsAreArray;

std::vector<TopicId> take(TopicRounds& rounds, std::size_t count) {
  std::vector<TopicId> topics;
  while (topics.size() < count) topics.push_back(rounds.next());
  return topics;
}

TEST(TopicRoundsTest, EveryTopicHasItsTurnOnceARound) {
  TopicRounds rounds{50, 7};
  std::vector<TopicId> all;
  for (std::uint32_t index = 0; index < 50; ++index) all.emplace_back(index);

  for (int round = 0; round < 10; ++round) {
    EXPECT_THAT(take(rounds, 50), UnorderedElementsAreArray(all));
  }
}

TEST(TopicRoundsTest, RoundsDifferFromEachOther) {
  TopicRounds rounds{50, 7};

  EXPECT_NE(take(rounds, 50), take(rounds, 50));
}

TEST(TopicRoundsTest, TheSameSeedGivesTheSameOrder) {
  TopicRounds some{50, 7};
  TopicRounds same{50, 7};
  TopicRounds other{50, 8};
  const auto expected = take(some, 200);

  EXPECT_EQ(take(same, 200), expected);
  EXPECT_NE(take(other, 200), expected);
}

TEST(TopicRoundsTest, OneTopicIsEnough) {
  TopicRounds rounds{1, 7};

  EXPECT_EQ(take(rounds, 3), std::vector<TopicId>(3, TopicId{0}));
}

}  // namespace
}  // namespace wsm::venue
