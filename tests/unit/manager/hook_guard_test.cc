#include "manager/hook_guard.h"

#include <memory>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>

namespace wsm {
namespace {

TEST(CallGuardedTest, GivesWhatTheHookGives) {
  const auto result = call_guarded([] { return std::string{"answer"}; });

  ASSERT_TRUE(result);
  EXPECT_EQ(*result, "answer");
}

TEST(CallGuardedTest, GivesSuccessForAHookWithoutAnAnswer) {
  bool was_called = false;

  const auto result = call_guarded([&] { was_called = true; });

  EXPECT_TRUE(result);
  EXPECT_TRUE(was_called);
}

TEST(CallGuardedTest, GivesAnswersThatCanOnlyBeMoved) {
  auto result = call_guarded([] { return std::make_unique<int>(7); });

  ASSERT_TRUE(result);
  EXPECT_EQ(**result, 7);
}

TEST(CallGuardedTest, TurnsAnExceptionIntoItsMessage) {
  const auto result = call_guarded([]() -> int { throw std::runtime_error{"no token"}; });

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), "no token");
}

TEST(CallGuardedTest, TurnsAnythingElseThatIsThrownIntoWords) {
  const auto result = call_guarded([] { throw 7; });

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), "something that is no std::exception");
}

}  // namespace
}  // namespace wsm
