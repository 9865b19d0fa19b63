#include "tail/request_watch.h"

#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

constexpr ShardId kFirst{0};
constexpr ShardId kSecond{1};

EventKind failed(ShardId shard, std::size_t count) {
  return event::SubscriptionSendFailed{shard, count, "too long"};
}

TEST(RequestWatch, FindsTheFailureThatLeavesNoTopic) {
  RequestWatch watch{3};

  EXPECT_FALSE(watch.is_last_failure(failed(kFirst, 1)));
  EXPECT_FALSE(watch.is_last_failure(failed(kFirst, 1)));
  EXPECT_TRUE(watch.is_last_failure(failed(kSecond, 1)));
}

TEST(RequestWatch, IsContentWithOneTopicThatWasRequested) {
  RequestWatch watch{2};

  EXPECT_FALSE(watch.is_last_failure(event::SubscriptionsRequested{kFirst, Generation{1}, 1}));
  EXPECT_FALSE(watch.is_last_failure(failed(kFirst, 2)));
}

TEST(RequestWatch, CountsATopicOnceThatFailsOnEachConnection) {
  RequestWatch watch{2};

  EXPECT_FALSE(watch.is_last_failure(failed(kFirst, 1)));
  EXPECT_FALSE(watch.is_last_failure(event::Connected{kFirst, Generation{2}, {}}));
  EXPECT_FALSE(watch.is_last_failure(failed(kFirst, 1)));
  EXPECT_TRUE(watch.is_last_failure(failed(kFirst, 1)));
}

}  // namespace
}  // namespace wsm::tail
