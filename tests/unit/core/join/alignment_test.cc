#include "core/join/alignment.h"

#include <initializer_list>
#include <optional>

#include <gtest/gtest.h>

namespace wsm {
namespace {

class AlignmentTest : public ::testing::Test {
 protected:
  void stream(std::initializer_list<Identity> identities) {
    for (const Identity identity : identities) {
      ring.push(identity);
      alignment->handle_stream();
    }
  }
  void copy(std::initializer_list<Identity> identities) {
    for (const Identity identity : identities) alignment->handle_copy(identity);
  }
  void make(IdentityKind kind) { alignment.emplace(ring, kind); }

  IdentityRing ring;
  std::optional<Alignment> alignment{std::in_place, ring, IdentityKind::kPayload};
};

TEST_F(AlignmentTest, KnowsNothingAtFirst) {
  stream({1, 2, 3});

  EXPECT_EQ(alignment->proven(), std::nullopt);
  EXPECT_EQ(alignment->likeliest(), std::nullopt);
}

TEST_F(AlignmentTest, FindsACopyThatIsBehind) {
  stream({1, 2, 3, 4, 5});

  copy({2, 3, 4});

  EXPECT_EQ(alignment->proven(), 1U);
}

TEST_F(AlignmentTest, FindsACopyThatIsAhead) {
  copy({4, 5, 6});
  stream({1, 2, 3});
  EXPECT_EQ(alignment->likeliest(), std::nullopt);

  stream({4, 5});
  EXPECT_EQ(alignment->proven(), std::nullopt);
  stream({6});

  EXPECT_EQ(alignment->proven(), 3U);
}

TEST_F(AlignmentTest, IsSureOfAKeyAtOnce) {
  make(IdentityKind::kKey);
  stream({1, 2, 3});

  copy({3});

  EXPECT_EQ(alignment->proven(), 2U);
}

TEST_F(AlignmentTest, IsNotSureOfPayloadsThatComeAgain) {
  stream({1, 2, 1, 3});

  copy({2, 1, 3});

  EXPECT_EQ(alignment->proven(), std::nullopt);
  EXPECT_EQ(alignment->likeliest(), 1U);
  EXPECT_FALSE(alignment->is_ambiguous());
}

TEST_F(AlignmentTest, IsNeverSureOfOnePayloadForEver) {
  for (int i = 0; i < 1000; ++i) {
    stream({7});
    copy({7});
  }

  EXPECT_EQ(alignment->proven(), std::nullopt);
  EXPECT_TRUE(alignment->is_ambiguous());
}

TEST_F(AlignmentTest, IsSureWhereRunsBeginAndEnd) {
  // Runs of lengths that do not repeat: no shift but one fits.
  for (int run = 1; run <= 20; ++run) {
    for (int i = 0; i < run; ++i) stream({static_cast<Identity>(run % 2)});
  }
  for (int run = 3; run <= 20; ++run) {
    for (int i = 0; i < run; ++i) copy({static_cast<Identity>(run % 2)});
  }

  EXPECT_EQ(alignment->proven(), 3U);
}

TEST_F(AlignmentTest, GuessesThatBothSidesAreEquallyFast) {
  stream({7, 7, 7, 7});

  copy({7});
  EXPECT_EQ(alignment->likeliest(), 3U);

  stream({7, 7, 7});
  EXPECT_EQ(alignment->likeliest(), 4U);
}

TEST_F(AlignmentTest, GoesOnWithoutAFirstMessageThatIsNotOfTheStream) {
  stream({1, 2, 3});
  copy({99, 1, 2, 3});
  EXPECT_EQ(alignment->likeliest(), std::nullopt);

  EXPECT_EQ(alignment->drop_foreign(4), 1U);

  EXPECT_EQ(alignment->proven(), 0U);
  EXPECT_EQ(alignment->size(), 3U);
}

TEST_F(AlignmentTest, DropsAllThatIsNotOfTheStreamAtOnce) {
  stream({1, 2, 3});
  copy({99, 98, 2, 97, 1, 2, 3});

  EXPECT_EQ(alignment->drop_foreign(3), 3U) << "as many as it may";
  EXPECT_EQ(alignment->likeliest(), std::nullopt);
  EXPECT_EQ(alignment->drop_foreign(4), 1U);

  EXPECT_EQ(alignment->proven(), 0U);
}

TEST_F(AlignmentTest, HasNothingLeftOfACopyThatIsNoneOfTheStream) {
  stream({1, 2, 3});
  copy({99, 98});

  EXPECT_EQ(alignment->drop_foreign(2), 2U);

  EXPECT_EQ(alignment->size(), 0U);
  copy({1, 2, 3});
  EXPECT_EQ(alignment->proven(), 0U);
}

}  // namespace
}  // namespace wsm
