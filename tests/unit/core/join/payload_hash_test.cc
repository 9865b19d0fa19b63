#include "core/join/payload_hash.h"

#include <span>
#include <string_view>

#include <gtest/gtest.h>

namespace wsm {
namespace {

Identity hash(std::string_view text) { return hash_payload(std::as_bytes(std::span{text})); }

TEST(PayloadHashTest, IsTheSameForTheSamePayload) {
  EXPECT_EQ(hash("tick 1"), hash("tick 1"));
  EXPECT_NE(hash("tick 1"), hash("tick 2"));
}

// The value for no input at all, by the specification of XXH3.
TEST(PayloadHashTest, IsXxh3) { EXPECT_EQ(hash(""), 0x2d06800538d394c2U); }

}  // namespace
}  // namespace wsm
