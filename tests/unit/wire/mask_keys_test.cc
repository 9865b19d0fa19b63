#include "wire/mask_keys.h"

#include <algorithm>
#include <bit>
#include <vector>

#include <gmock/gmock.h>

namespace wsm {
namespace {

using ::testing::Eq;
using ::testing::IsFalse;
using ::testing::IsTrue;
using ::testing::Ne;

constexpr MaskKeys::Seed kSomeSeed{
    {0x3a1f, 0x91c2, 0x07de, 0xb564, 0x2f80, 0xec37, 0x5d19, 0x48ab, 0xf60e, 0x13d5, 0x8a72,
     0xc9e1, 0x645b, 0x0fa8, 0xd736, 0x7e4d, 0x25c0, 0xb913, 0x9af7, 0x413e, 0xe8d2, 0x5c06},
    0xfffffff0};

/// The round keys of Speck32/64 for a key of four words, the last of which goes first.
std::array<std::uint16_t, MaskKeys::kRounds> schedule(std::array<std::uint16_t, 4> key) {
  std::array<std::uint16_t, MaskKeys::kRounds> round_keys{};
  std::vector<std::uint16_t> l{key[2], key[1], key[0]};
  round_keys[0] = key[3];
  for (std::uint16_t i = 0; i + 1U < MaskKeys::kRounds; ++i) {
    const auto sum = static_cast<std::uint16_t>(round_keys[i] + std::rotr(l[i], 7));
    l.push_back(static_cast<std::uint16_t>(sum ^ i));
    round_keys[i + 1U] = static_cast<std::uint16_t>(std::rotl(round_keys[i], 2) ^ l.back());
  }
  return round_keys;
}

std::vector<std::uint32_t> take(MaskKeys& keys, std::size_t count) {
  std::vector<std::uint32_t> taken(count);
  std::generate(taken.begin(), taken.end(), [&] { return keys.next(); });
  return taken;
}

TEST(MaskKeysTest, AreTheTestVectorOfSpeck32) {
  // Beaulieu and others, "The Simon and Speck families of lightweight block ciphers", appendix C.
  MaskKeys keys{{schedule({0x1918, 0x1110, 0x0908, 0x0100}), 0x6574694c}};

  EXPECT_THAT(keys.next(), Eq(0xa86842f2U));
}

TEST(MaskKeysTest, DoNotRepeatInAMillion) {
  MaskKeys keys{kSomeSeed};
  auto taken = take(keys, 1'000'000);
  std::sort(taken.begin(), taken.end());

  EXPECT_THAT(std::adjacent_find(taken.begin(), taken.end()) == taken.end(), IsTrue());
}

TEST(MaskKeysTest, FollowTheCounterAcrossItsEndAndThroughEachBatch) {
  MaskKeys keys{kSomeSeed};
  const auto taken = take(keys, 100);

  for (std::uint32_t i = 0; i < taken.size(); ++i) {
    MaskKeys later{{kSomeSeed.round_keys, kSomeSeed.first + i}};
    EXPECT_THAT(later.next(), Eq(taken[i])) << i;
  }
}

TEST(MaskKeysTest, OfNeighboursDifferInHalfOfTheirBits) {
  MaskKeys keys{kSomeSeed};
  const auto taken = take(keys, 10'000);
  int differing = 0;
  for (std::size_t i = 1; i < taken.size(); ++i)
    differing += std::popcount(taken[i] ^ taken[i - 1]);

  // 320,000 fair bits: a standard deviation of 283.
  EXPECT_NEAR(differing, 160'000, 7 * 283);
}

TEST(MaskKeysTest, DependOnEachBitOfTheSeed) {
  const std::uint32_t usual = MaskKeys{kSomeSeed}.next();
  for (std::size_t round = 0; round < MaskKeys::kRounds; ++round) {
    for (unsigned bit = 0; bit < 16; ++bit) {
      MaskKeys::Seed seed = kSomeSeed;
      seed.round_keys[round] = static_cast<std::uint16_t>(seed.round_keys[round] ^ 1U << bit);
      EXPECT_THAT(MaskKeys{seed}.next(), Ne(usual)) << round << ", " << bit;
    }
  }
}

TEST(MaskKeysTest, AreNotSpentSoon) {
  MaskKeys keys{kSomeSeed};
  static_cast<void>(take(keys, 100'000));

  EXPECT_THAT(keys.is_spent(), IsFalse());
}

}  // namespace
}  // namespace wsm
