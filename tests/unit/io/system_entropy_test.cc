#include "io/system_entropy.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::Ne;

TEST(SystemEntropyTest, AcceptValueFromRfcExample) {
  // RFC 6455, section 1.3.
  EXPECT_THAT(accept_for("dGhlIHNhbXBsZSBub25jZQ=="), Eq("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

TEST(SystemEntropyTest, HandshakeKeyIsSixteenBytesAndBringsItsAnswer) {
  SystemEntropy entropy;
  const HandshakeKey first = entropy.handshake_key();
  const HandshakeKey second = entropy.handshake_key();

  // 16 bytes are 22 characters of base64 and two of padding.
  EXPECT_THAT(first.key.size(), Eq(24U));
  EXPECT_THAT(first.key.substr(22), Eq("=="));
  EXPECT_THAT(first.expected_accept, Eq(accept_for(first.key)));
  EXPECT_THAT(first.key, Ne(second.key));
}

TEST(SystemEntropyTest, MaskKeysDoNotRepeatAcrossRefills) {
  SystemEntropy entropy;
  std::set<std::uint32_t> keys;
  constexpr std::size_t kDrawn = 10'000;  // Ten refills.
  for (std::size_t i = 0; i < kDrawn; ++i) keys.insert(entropy.mask_key());

  // Chance alone repeats one of ten thousand now and then (1 in 86), two or more hardly ever.
  EXPECT_THAT(keys.size(), Ge(kDrawn - 2));
}

TEST(SystemEntropyTest, DrawsOfBothSizesShareTheBufferWithoutOverlap) {
  SystemEntropy entropy;
  std::set<std::string> keys;
  std::set<std::uint32_t> masks;
  for (int i = 0; i < 1000; ++i) {
    masks.insert(entropy.mask_key());
    keys.insert(entropy.handshake_key().key);
  }

  EXPECT_THAT(keys.size(), Eq(1000U));
  EXPECT_THAT(masks.size(), Ge(998U));
}

TEST(SystemEntropyTest, TwoSourcesDiffer) {
  SystemEntropy first;
  SystemEntropy second;

  EXPECT_THAT(first.handshake_key().key, Ne(second.handshake_key().key));
}

}  // namespace
}  // namespace wsm::io
