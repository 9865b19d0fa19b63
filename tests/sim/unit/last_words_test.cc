#include "sim/last_words.h"

#include <gtest/gtest.h>

#include "base/assert.h"

namespace wsm::sim {
namespace {

TEST(LastWordsDeathTest, AreSaidBehindTheAssertion) {
  const auto abort_with_words = [] {
    const LastWords words{"FAILED seed=7"};
    WSM_ASSERT(1 + 1 == 3);
  };

  EXPECT_DEATH(abort_with_words(), "assertion failed: 1 \\+ 1 == 3\nFAILED seed=7\n");
}

TEST(LastWordsDeathTest, AreForgottenWithTheirWorld) {
  const auto abort_without = [] {
    { const LastWords words{"FAILED seed=7"}; }
    WSM_ASSERT(1 + 1 == 3);
  };

  EXPECT_DEATH(abort_without(), "1 == 3\n$");
}

}  // namespace
}  // namespace wsm::sim
