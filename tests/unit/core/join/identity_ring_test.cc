#include "core/join/identity_ring.h"

#include <gtest/gtest.h>

namespace wsm {
namespace {

TEST(IdentityRingTest, RemembersByPlace) {
  IdentityRing ring;
  ring.push(7);
  ring.push(8);

  EXPECT_EQ(ring.begin(), 0U);
  EXPECT_EQ(ring.end(), 2U);
  EXPECT_EQ(ring.at(1), 8U);
}

TEST(IdentityRingTest, ForgetsTheOldestAndKeepsThePlaces) {
  IdentityRing ring;
  for (Identity i = 0; i <= IdentityRing::kCapacity; ++i) ring.push(i);

  EXPECT_EQ(ring.begin(), 1U);
  EXPECT_EQ(ring.at(1), 1U);
  EXPECT_EQ(ring.at(IdentityRing::kCapacity), IdentityRing::kCapacity);
}

TEST(IdentityRingTest, ForgetsWhatIsOfNoUse) {
  IdentityRing ring;
  for (const Identity identity : {7U, 8U, 9U}) ring.push(identity);

  ring.forget_before(2);

  EXPECT_EQ(ring.begin(), 2U);
  EXPECT_EQ(ring.at(2), 9U);
  ring.forget_before(1);
  EXPECT_EQ(ring.begin(), 2U);
  ring.forget_before(100);
  EXPECT_EQ(ring.begin(), 3U);
  EXPECT_EQ(ring.end(), 3U);
}

TEST(IdentityRingDeathTest, RefusesWhatIsNotThere) {
  IdentityRing ring;
  ring.push(7);

  EXPECT_DEATH((void)ring.at(1), "place");
}

}  // namespace
}  // namespace wsm
