#include "manager/event_names.h"

#include <gmock/gmock.h>

namespace wsm {
namespace {

using ::testing::ElementsAre;

std::string name_of(SubscriptionId id) { return "topic " + std::to_string(id.value()); }

SubscriptionName named(SubscriptionId::rep id) {
  return {SubscriptionId{id}, "topic " + std::to_string(id)};
}

TEST(EventNamesTest, NamesTheSubscriptionOfAGap) {
  EventKind event = event::MessageLate{{SubscriptionId{3}}, ShardId{0}, 17};

  fill_names(event, name_of);

  EXPECT_EQ(std::get<event::MessageLate>(event).subscription, named(3));
}

TEST(EventNamesTest, NamesEachOfSeveral) {
  EventKind event =
      event::SubscriptionsRemoved{ShardId{0}, {{SubscriptionId{3}}, {SubscriptionId{5}}}};

  fill_names(event, name_of);

  EXPECT_THAT(std::get<event::SubscriptionsRemoved>(event).subscriptions,
              ElementsAre(named(3), named(5)));
}

TEST(EventNamesTest, FillsBothListsOfAReport) {
  event::SwitchoverReported report{};
  report.unproven = {{SubscriptionId{3}}};
  report.interrupted = {{SubscriptionId{5}}};
  EventKind event = report;

  fill_names(event, name_of);

  const auto& filled = std::get<event::SwitchoverReported>(event);
  EXPECT_THAT(filled.unproven, ElementsAre(named(3)));
  EXPECT_THAT(filled.interrupted, ElementsAre(named(5)));
}

TEST(EventNamesTest, LeavesOtherEventsAlone) {
  EventKind event = event::ShardOpened{ShardId{2}};

  fill_names(event, [](SubscriptionId) -> std::string {
    ADD_FAILURE();
    return {};
  });

  EXPECT_EQ(std::get<event::ShardOpened>(event).shard, ShardId{2});
}

}  // namespace
}  // namespace wsm
