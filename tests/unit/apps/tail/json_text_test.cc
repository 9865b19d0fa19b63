#include "tail/json_text.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

std::string json_string(std::string_view text) {
  std::string out = "x";
  append_json_string(out, text);
  return out.substr(1);
}

std::string base64(std::string_view text) {
  std::string out;
  append_base64(out, std::as_bytes(std::span{text}));
  return out;
}

TEST(JsonText, QuotesAndEscapes) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_string("\n\t\x01"), R"("\n\t\u0001")");
  EXPECT_EQ(json_string("ä€😀"), R"("ä€😀")");
}

TEST(JsonText, WritesTextsLongerThanItsBuffer) {
  const std::string text(10'000, 'a');

  EXPECT_EQ(json_string(text), '"' + text + '"');
}

TEST(JsonText, ListsStringsWithoutSpaces) {
  EXPECT_EQ(json_list({}), "[]");
  EXPECT_EQ(json_list(std::vector<std::string>{"a", "b\"", ""}), R"(["a","b\"",""])");
}

// RFC 4648, section 10.
TEST(JsonText, EncodesTheExamplesOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(JsonText, WritesTwoHexDigitsAByte) {
  std::string out = "0x";
  append_hex(out, std::as_bytes(std::span{std::string_view{"\x01\xfe", 2}}));
  EXPECT_EQ(out, "0x01fe");
}

}  // namespace
}  // namespace wsm::tail
