#include "demo/receipts.h"

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using venue::TopicId;

class ReceiptsTest : public ::testing::Test {
 protected:
  void add(std::initializer_list<venue::Sequence> sequences, const Source& source) {
    for (const venue::Sequence sequence : sequences) receipts.add(topic, sequence, source);
  }

  const TopicId topic{1};
  const Source old_line{ShardId{0}, Generation{1}};
  const Source new_line{ShardId{0}, Generation{2}};
  const Source other_shard{ShardId{1}, Generation{1}};
  Receipts receipts{2};
};

TEST_F(ReceiptsTest, CountsEachArrivalOfEachSequence) {
  add({3, 4, 4}, old_line);

  EXPECT_EQ(receipts.received(), 3U);
  const TopicReceipts& topic_receipts = receipts.topics()[1];
  EXPECT_EQ(topic_receipts.count(2), 0U);
  EXPECT_EQ(topic_receipts.count(3), 1U);
  EXPECT_EQ(topic_receipts.count(4), 2U);
  EXPECT_EQ(topic_receipts.count(5), 0U);
}

TEST_F(ReceiptsTest, GapsAndDuplicatesAreInOrder) {
  add({1, 2, 5, 5, 2}, old_line);

  EXPECT_EQ(receipts.disordered(), 0U);
  EXPECT_THAT(receipts.late(), IsEmpty());
}

TEST_F(ReceiptsTest, WhatAnOlderConnectionBringsAfterANewerIsLate) {
  add({1, 2}, old_line);
  add({4, 5}, new_line);
  add({3, 4}, old_line);

  EXPECT_THAT(receipts.late(), ElementsAre(Pair(old_line, 1U)));
  EXPECT_EQ(receipts.disordered(), 0U);
}

TEST_F(ReceiptsTest, OneConnectionMustKeepTheOrder) {
  add({1, 3, 2}, old_line);

  EXPECT_EQ(receipts.disordered(), 1U);
  EXPECT_THAT(receipts.late(), IsEmpty());
}

TEST_F(ReceiptsTest, ANewerConnectionOrAnotherShardIsNoExcuse) {
  add({5}, old_line);
  add({4}, new_line);
  add({3}, other_shard);

  EXPECT_EQ(receipts.disordered(), 2U);
}

TEST_F(ReceiptsTest, StopsCountingOneSequenceAt255) {
  for (int count = 0; count < 300; ++count) add({1}, old_line);

  EXPECT_EQ(receipts.topics()[1].count(1), 255U);
  EXPECT_EQ(receipts.received(), 300U);
}

TEST_F(ReceiptsTest, ImpossibleSequencesAreMalformed) {
  add({0, Receipts::kSequenceMax + 1}, old_line);

  EXPECT_EQ(receipts.malformed(), 2U);
  EXPECT_EQ(receipts.received(), 0U);
}

}  // namespace
}  // namespace wsm::demo
