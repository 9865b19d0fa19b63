#include "io/system_entropy.h"

#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::io {
namespace {

using ::testing::Eq;
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

TEST(SystemEntropyTest, NoneOfAHundredThousandMaskKeysRepeats) {
  SystemEntropy entropy;
  std::set<std::uint32_t> keys;
  constexpr std::size_t kDrawn = 100'000;
  for (std::size_t i = 0; i < kDrawn; ++i) keys.insert(entropy.mask_key());

  // Of keys that are drawn one by one, two would be equal in 69 of 100 runs.
  EXPECT_THAT(keys.size(), Eq(kDrawn));
}

TEST(SystemEntropyTest, HandshakeKeysDoNotRepeat) {
  SystemEntropy entropy;
  std::set<std::string> keys;
  for (int i = 0; i < 1000; ++i) keys.insert(entropy.handshake_key().key);

  EXPECT_THAT(keys.size(), Eq(1000U));
}

TEST(SystemEntropyTest, TwoSourcesDiffer) {
  SystemEntropy first;
  SystemEntropy second;

  EXPECT_THAT(first.handshake_key().key, Ne(second.handshake_key().key));
  // Two of either, for one pair is equal once in 2^32 runs.
  EXPECT_THAT(std::pair(first.mask_key(), first.mask_key()),
              Ne(std::pair(second.mask_key(), second.mask_key())));
}

}  // namespace
}  // namespace wsm::io
