#include "tail/printable_text.h"

#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::string_view_literals;

TEST(PrintableText, KeepsWhatCanBeRead) {
  for (const auto text : {""sv, "plain ~ text"sv, "£ € 😀 κόσμε"sv}) {
    EXPECT_EQ(printable_text(text), text);
  }
}

TEST(PrintableText, ShowsControlCharactersAsQuestionMarks) {
  EXPECT_EQ(printable_text("a\x1b[2Jb\nc\0d\x7f"sv), "a?[2Jb?c?d?");
  EXPECT_EQ(printable_text("a\u009b2J"), "a??2J");
}

TEST(PrintableText, ShowsBytesThatAreNoTextAsQuestionMarks) {
  EXPECT_EQ(printable_text("a\x9bJ\xff"), "a?J?");
  EXPECT_EQ(printable_text("cut \xe2\x82"), "cut ??");
}

}  // namespace
}  // namespace wsm::tail
