#include "io/ciphertext_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::io {
namespace {

using ::testing::Eq;

class CountingUser final : public CiphertextBuffer::User {
 public:
  void vacate() override { ++vacated; }
  int vacated = 0;
};

class CiphertextBufferTest : public ::testing::Test {
 protected:
  CiphertextBuffer buffer;
  CountingUser first;
  CountingUser second;
};

TEST_F(CiphertextBufferTest, IsTheSameMemoryForAll) {
  const auto mine = buffer.claim(first);
  const auto yours = buffer.claim(second);

  EXPECT_THAT(mine.data(), Eq(yours.data()));
  EXPECT_THAT(mine.size(), Eq(CiphertextBuffer::kBytes));
}

TEST_F(CiphertextBufferTest, AsksTheUserBeforeToLeave) {
  static_cast<void>(buffer.claim(first));
  static_cast<void>(buffer.claim(second));

  EXPECT_THAT(first.vacated, Eq(1));
  EXPECT_THAT(second.vacated, Eq(0));
}

TEST_F(CiphertextBufferTest, LetsTheSameUserStay) {
  static_cast<void>(buffer.claim(first));
  static_cast<void>(buffer.claim(first));

  EXPECT_THAT(first.vacated, Eq(0));
}

TEST_F(CiphertextBufferTest, DoesNotAskAUserThatIsGone) {
  static_cast<void>(buffer.claim(first));
  buffer.release(first);
  static_cast<void>(buffer.claim(second));

  EXPECT_THAT(first.vacated, Eq(0));
}

TEST_F(CiphertextBufferTest, AReleaseByAnotherChangesNothing) {
  static_cast<void>(buffer.claim(first));
  buffer.release(second);
  static_cast<void>(buffer.claim(second));

  EXPECT_THAT(first.vacated, Eq(1));
}

}  // namespace
}  // namespace wsm::io
