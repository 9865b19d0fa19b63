#include "wire/redirect.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::HasSubstr;

/// Where one gets from `from`, or why not.
std::string followed(std::string_view from, std::string_view location) {
  const auto target = follow_redirect(parse_url(from).value(), location);
  return target ? target->text() : target.error().detail;
}

TEST(FollowRedirectTest, ResolvesWhatIsOnlyAPartOfAUrl) {
  EXPECT_EQ(followed("ws://h/a/b?q", "c"), "ws://h/a/c");
  EXPECT_EQ(followed("ws://h/a/b?q", "../c?d=1"), "ws://h/c?d=1");
  EXPECT_EQ(followed("ws://h:81/a", "/c"), "ws://h:81/c");
  EXPECT_EQ(followed("wss://h/a", "//h:444/c"), "wss://h:444/c");
  EXPECT_EQ(followed("ws://h/a", "?x"), "ws://h/a?x");
}

TEST(FollowRedirectTest, TakesSchemesOfHttpForThoseOfWebSocket) {
  EXPECT_EQ(followed("ws://h/", "http://h/x"), "ws://h/x");
  EXPECT_EQ(followed("ws://h/", "https://h/x"), "wss://h/x");
  EXPECT_EQ(followed("wss://h/", "wss://h/x"), "wss://h/x");
}

TEST(FollowRedirectTest, LeavesOutTheFragment) {
  EXPECT_EQ(followed("ws://h/", "/x#part"), "ws://h/x");
}

TEST(FollowRedirectTest, StaysWithTheHostInAnyCase) {
  EXPECT_EQ(followed("ws://host/", "ws://HOST:8080/x"), "ws://HOST:8080/x");
  EXPECT_EQ(followed("ws://h/", "ws://other/"), "to another host");
  EXPECT_EQ(followed("ws://h/", "//other/"), "to another host");
  EXPECT_EQ(followed("ws://[::1]/", "ws://[::2]/"), "to another host");
}

TEST(FollowRedirectTest, DoesNotLeaveTls) {
  EXPECT_EQ(followed("wss://h/", "ws://h/x"), "from wss to ws");
  EXPECT_EQ(followed("wss://h/", "http://h/x"), "from wss to ws");
}

TEST(FollowRedirectTest, SaysWhatIsNoUrlForUs) {
  EXPECT_THAT(followed("ws://h/", "ftp://h/x"), HasSubstr("ftp"));
  EXPECT_THAT(followed("ws://h/", "a b"), HasSubstr("no URL"));
  EXPECT_THAT(followed("ws://h/", "ws://u:p@h/"), HasSubstr("user or password"));
}

}  // namespace
}  // namespace wsm
