#include "tail/refusal_watch.h"

#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

EventKind changed(SubscriptionStatus status, std::uint32_t topic) {
  return event::SubscriptionsChanged{ShardId{0}, {}, status, {{SubscriptionId{topic}}}};
}

TEST(RefusalWatch, FindsTheRefusalThatLeavesNoTopic) {
  RefusalWatch watch{2};

  EXPECT_FALSE(watch.is_last_refusal(changed(SubscriptionStatus::kRejected, 0)));
  EXPECT_TRUE(watch.is_last_refusal(changed(SubscriptionStatus::kRejected, 1)));
}

TEST(RefusalWatch, CountsATopicOnce) {
  RefusalWatch watch{2};

  EXPECT_FALSE(watch.is_last_refusal(changed(SubscriptionStatus::kRejected, 0)));
  EXPECT_FALSE(watch.is_last_refusal(changed(SubscriptionStatus::kRejected, 0)));
}

TEST(RefusalWatch, MindsNoOtherStatus) {
  RefusalWatch watch{1};

  EXPECT_FALSE(watch.is_last_refusal(changed(SubscriptionStatus::kDesired, 0)));
  EXPECT_FALSE(watch.is_last_refusal(event::Stopped{}));
}

}  // namespace
}  // namespace wsm::tail
