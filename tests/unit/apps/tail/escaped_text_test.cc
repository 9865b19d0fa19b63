#include "tail/escaped_text.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using ::testing::HasSubstr;

TEST(EscapedText, ReplacesEscapesInPlainText) {
  EXPECT_EQ(unescape_text(R"(PING\r\n)").value(), "PING\r\n");
  EXPECT_EQ(unescape_text(R"(a\tb\\n\x41\x7a)").value(), "a\tb\\nAz");
  EXPECT_EQ(unescape_text(R"(a\0b)").value(), (std::string{'a', '\0', 'b'}));
}

TEST(EscapedText, LeavesJsonAsItIs) {
  EXPECT_EQ(unescape_text(R"({"a":"\n"})").value(), R"({"a":"\n"})");
  EXPECT_EQ(unescape_text(R"( ["\q"])").value(), R"( ["\q"])");
}

TEST(EscapedText, PointsAtAnUnknownEscape) {
  for (const char* text : {R"(ab\q)", R"(ab\)", R"(ab\x4)", R"(ab\xg0)", R"(ab\x)"}) {
    const auto unescaped = unescape_text(text);

    ASSERT_FALSE(unescaped) << text;
    EXPECT_EQ(unescaped.error().position, 2U) << text;
    EXPECT_THAT(unescaped.error().problem, HasSubstr("unknown escape"));
  }
}

TEST(EscapedText, RefusesBytesThatAreNotUtf8) {
  EXPECT_EQ(unescape_text(R"(\xc3\xa4)").value(), "ä");
  EXPECT_FALSE(unescape_text(R"(\xff)"));
  EXPECT_FALSE(unescape_text("{\xff}"));
}

}  // namespace
}  // namespace wsm::tail
