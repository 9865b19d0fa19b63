#include <memory>
#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <wsm/result.h>

namespace wsm {
namespace {

Result<int> half(int number) {
  if (number % 2 == 0) return number / 2;
  return Failure{Error{Errc::kInvalidArgument, "it is odd"}};
}

Result<void> check_even(int number) {
  if (number % 2 == 0) return {};
  return Failure{Error{Errc::kInvalidArgument, "it is odd"}};
}

TEST(ResultTest, HoldsAValue) {
  const Result<int> result = half(8);

  EXPECT_TRUE(result);
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(*result, 4);
  EXPECT_EQ(result.value(), 4);
  EXPECT_EQ(result.value_or(0), 4);
}

TEST(ResultTest, HoldsTheReasonWhyThereIsNoValue) {
  const Result<int> result = half(7);

  EXPECT_FALSE(result);
  EXPECT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::kInvalidArgument);
  EXPECT_EQ(result.error().detail, "it is odd");
  EXPECT_EQ(result.value_or(-1), -1);
}

TEST(ResultTest, ThrowsWhenTheWrongSideIsRead) {
  const Result<int> success = half(8);
  const Result<int> failure = half(7);

  EXPECT_THROW(static_cast<void>(success.error()), std::bad_variant_access);
  EXPECT_THROW(static_cast<void>(failure.value()), std::bad_variant_access);
}

TEST(ResultTest, GivesAwayAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result{std::make_unique<int>(3)};

  const std::unique_ptr<int> value = *std::move(result);

  EXPECT_EQ(*value, 3);
}

TEST(ResultTest, ReachesTheMembersOfItsValue) {
  Result<std::string> result{std::string{"four"}};

  result->append("teen");

  EXPECT_EQ(result->size(), 8U);
}

TEST(ResultTest, TellsValueAndErrorOfTheSameTypeApart) {
  const Result<std::string, std::string> success{std::string{"same"}};
  const Result<std::string, std::string> failure{Failure{std::string{"same"}}};

  EXPECT_TRUE(success);
  EXPECT_FALSE(failure);
}

TEST(ResultOfVoidTest, IsSuccessOrAReason) {
  EXPECT_TRUE(check_even(2));
  EXPECT_FALSE(check_even(3));
  EXPECT_EQ(check_even(3).error().detail, "it is odd");
}

}  // namespace
}  // namespace wsm
