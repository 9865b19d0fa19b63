#include "wire/url_parts.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

std::optional<std::string> any_scheme(std::string_view scheme) {
  return scheme.empty() ? std::optional<std::string>{"no scheme"} : std::nullopt;
}

std::string fault_of(std::string_view text) {
  const auto parts = split_url(text, any_scheme);
  return parts ? "no fault" : parts.error().detail;
}

TEST(SplitUrlTest, TakesAllPartsApart) {
  const auto parts = split_url("x://us%40er:p%3Aw@host:81/a%20b?c#d", any_scheme);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->scheme, "x");
  EXPECT_EQ(parts->host, "host");
  EXPECT_THAT(parts->port, Optional(81));
  ASSERT_TRUE(parts->login);
  EXPECT_EQ(parts->login->user, "us@er");
  EXPECT_EQ(parts->login->password, "p:w");
  EXPECT_EQ(parts->path, "/a%20b");
  EXPECT_THAT(parts->query, Optional(std::string{"c"}));
  EXPECT_TRUE(parts->has_fragment);
}

TEST(SplitUrlTest, LeavesOutWhatIsNotThere) {
  const auto parts = split_url("x://host", any_scheme);
  ASSERT_TRUE(parts);
  EXPECT_FALSE(parts->port || parts->login || parts->query || parts->has_fragment);
  EXPECT_EQ(parts->path, "");
}

TEST(SplitUrlTest, AsksAboutTheScheme) { EXPECT_EQ(fault_of("host/path"), "no scheme"); }

TEST(SplitUrlTest, HasAHostThatCanBeAName) {
  EXPECT_EQ(fault_of("x://" + std::string(254, 'a') + "/"), "no fault");
  EXPECT_THAT(fault_of("x://" + std::string(255, 'a') + "/"), HasSubstr("longer than any name"));
}

TEST(SplitUrlTest, NeverRepeatsWhatMayBeAPassword) {
  for (const auto* text : {"x://u:secret@h@i/", "x://u:secret/w@h", "x://u:secret@h:x/",
                           "x://u:secret?@h", "x://u:secret@[h/"}) {
    EXPECT_THAT(fault_of(text), Not(HasSubstr("secret"))) << text;
  }
}

TEST(BracketedTest, IsForIpv6) {
  EXPECT_EQ(bracketed("::1"), "[::1]");
  EXPECT_EQ(bracketed("127.0.0.1"), "127.0.0.1");
}

}  // namespace
}  // namespace wsm
