#include "demo/gap_ledger.h"

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr Source kSource{ShardId{0}, Generation{1}};

class GapLedgerTest : public ::testing::Test {
 protected:
  static event::GapClosed gap(std::string topic, GapCause cause, std::uint64_t lost) {
    return {{SubscriptionId{}, std::move(topic)}, ShardId{0}, cause, 1, 2 + lost, lost, {}};
  }
  void receive(std::uint32_t topic, std::initializer_list<venue::Sequence> sequences) {
    for (const auto sequence : sequences) receipts.add(venue::TopicId{topic}, sequence, kSource);
  }

  GapLedger ledger{2};
  Receipts receipts{2};
};

TEST_F(GapLedgerTest, AddsUpByTopicAndByCause) {
  ledger.add(gap("T0001", GapCause::kReconnect, 3));
  ledger.add(gap("T0002", GapCause::kReconnect, 1));
  ledger.add(gap("T0002", GapCause::kStall, 5));
  ledger.add(gap("T0002", GapCause::kReconnect, 0));

  EXPECT_EQ(ledger.lost(venue::TopicId{0}), 3U);
  EXPECT_EQ(ledger.lost(venue::TopicId{1}), 6U);
  EXPECT_EQ(ledger.total(), 9U);
  EXPECT_THAT(ledger.causes(), ElementsAre(Pair(GapCause::kReconnect, GapLedger::Cause{2, 4}),
                                           Pair(GapCause::kStall, GapLedger::Cause{1, 5})));
}

TEST_F(GapLedgerTest, TakesOffWhatCameLate) {
  ledger.add(gap("T0001", GapCause::kSwitchover, 2));

  ledger.add(event::MessageLate{{SubscriptionId{}, "T0001"}, ShardId{0}, 2});

  EXPECT_EQ(ledger.lost(venue::TopicId{0}), 1U);
  EXPECT_EQ(ledger.late(), 1U);
}

TEST_F(GapLedgerTest, IsTrueWhenItToldExactlyWhatIsMissing) {
  receive(0, {4, 5, 8});  // What came before the first was never ours.
  receive(1, {1, 2});
  ledger.add(gap("T0001", GapCause::kReconnect, 2));

  const Audit result = audit(ledger, receipts, 7, 0);

  EXPECT_TRUE(result.is_true());
  EXPECT_EQ(result.lost, 2U);
  EXPECT_EQ(result.duplicates_removed, 7U);
}

TEST_F(GapLedgerTest, IsWrongWhenSomethingCameTwice) {
  receive(0, {1});

  EXPECT_FALSE(audit(ledger, receipts, 0, 1).is_true());
}

TEST_F(GapLedgerTest, IsWrongWhenSomethingIsMissingThatItDidNotTell) {
  receive(0, {1, 3});

  EXPECT_EQ(audit(ledger, receipts, 0, 0).topics_wrong, 1U);
}

TEST_F(GapLedgerTest, IsWrongWhenTheRightSumBelongsToTheWrongTopic) {
  receive(0, {1, 3});
  receive(1, {1, 2});
  ledger.add(gap("T0002", GapCause::kReconnect, 1));

  EXPECT_EQ(audit(ledger, receipts, 0, 0).topics_wrong, 2U);
}

TEST_F(GapLedgerTest, IsWrongAboutRepetitionsThatItDidNotCount) {
  EXPECT_FALSE(audit(ledger, receipts, 0, 1).is_true());
}

}  // namespace
}  // namespace wsm::demo
