#include "wire/http_syntax.h"

#include <string>

#include <gtest/gtest.h>

namespace wsm {
namespace {

TEST(HttpSyntaxTest, KnowsEveryCharacterOfTokens) {
  const std::string_view others = "!#$%&'*+-.^_`|~";
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    const bool is_alphanumeric =
        ('0' <= c && c <= '9') || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
    const bool expected = is_alphanumeric || others.find(c) != std::string_view::npos;
    EXPECT_EQ(is_token(std::string(1, c)), expected) << value;
  }
}

TEST(HttpSyntaxTest, ATokenIsNotEmptyAndHasNothingElseInIt) {
  EXPECT_FALSE(is_token(""));
  EXPECT_TRUE(is_token("graphql-transport-ws"));
  EXPECT_FALSE(is_token("two words"));
  EXPECT_FALSE(is_token("line\n"));
}

TEST(HttpSyntaxTest, ComparesWithoutRegardToCase) {
  EXPECT_TRUE(equals_ignoring_case("Sec-WebSocket-KEY", "sec-websocket-key"));
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_FALSE(equals_ignoring_case("upgrade", "upgrades"));
  EXPECT_FALSE(equals_ignoring_case("upgrades", "upgrade"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));  // 0x20 apart, as letters are, but no letters.
}

TEST(HttpSyntaxTest, FindsElementsOfLists) {
  EXPECT_TRUE(list_contains("upgrade", "Upgrade"));
  EXPECT_TRUE(list_contains("keep-alive, Upgrade", "upgrade"));
  EXPECT_TRUE(list_contains(" ,\tUpgrade\t,", "upgrade"));
  EXPECT_FALSE(list_contains("", "upgrade"));
  EXPECT_FALSE(list_contains("keep-alive, no-upgrade", "upgrade"));
  EXPECT_FALSE(list_contains("upgrade-insecure-requests", "upgrade"));
  EXPECT_FALSE(list_contains("up grade", "upgrade"));
}

}  // namespace
}  // namespace wsm
