#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <wsm/detail/subscription_table.h>

namespace wsm::detail {
namespace {

class SubscriptionTableTest : public ::testing::Test {
 protected:
  SubscriptionTable<std::string> table;
};

TEST_F(SubscriptionTableTest, NumbersSubscriptionsFromZero) {
  EXPECT_EQ(table.intern("a"), SubscriptionId{0});
  EXPECT_EQ(table.intern("b"), SubscriptionId{1});
}

TEST_F(SubscriptionTableTest, GivesTheSameSubscriptionTheSameId) {
  const SubscriptionId id = table.intern("a");

  EXPECT_EQ(table.intern("a"), id);
}

TEST_F(SubscriptionTableTest, FindsOnlyWhatWasInterned) {
  const SubscriptionId id = table.intern("a");

  EXPECT_EQ(table.find("a"), id);
  EXPECT_EQ(table.find("b"), std::nullopt);
}

TEST_F(SubscriptionTableTest, GivesBackTheSubscriptionOfAnId) {
  const SubscriptionId a = table.intern("a");
  const SubscriptionId b = table.intern("b");

  EXPECT_EQ(table.at(a), "a");
  EXPECT_EQ(table.at(b), "b");
}

TEST_F(SubscriptionTableTest, ForgetsOneAndKeepsTheOthers) {
  const SubscriptionId a = table.intern("a");
  const SubscriptionId b = table.intern("b");

  table.forget(a);

  EXPECT_EQ(table.find("a"), std::nullopt);
  EXPECT_EQ(table.find("b"), b);
  EXPECT_EQ(table.at(b), "b");
}

TEST_F(SubscriptionTableTest, GivesForgottenIdsAgainSoThatTheyStayDense) {
  const SubscriptionId a = table.intern("a");
  table.intern("b");

  table.forget(a);

  EXPECT_EQ(table.intern("c"), a);
  EXPECT_EQ(table.at(a), "c");
  EXPECT_EQ(table.intern("d"), SubscriptionId{2});
}

TEST_F(SubscriptionTableTest, KeepsEverySubscriptionInPlaceWhileItGrows) {
  const std::string& first = table.at(table.intern("first"));

  for (int i = 0; i < 10'000; ++i) table.intern(std::to_string(i));

  EXPECT_EQ(&first, &table.at(*table.find("first")));
  EXPECT_EQ(table.at(*table.find("9999")), "9999");
}

}  // namespace
}  // namespace wsm::detail
