#include "base/printable.h"

#include <gtest/gtest.h>

namespace wsm {
namespace {

TEST(PrintableTest, LeavesTextAsItIs) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("see you ~ \"soon\""), "see you ~ \"soon\"");
  EXPECT_EQ(printable("caf\u00e9, \u20ac 5, \U0001f44b"), "caf\u00e9, \u20ac 5, \U0001f44b");
  EXPECT_EQ(printable("\u00a0\u07ff\u0800\ud7ff\ue000\U0010ffff"),
            "\u00a0\u07ff\u0800\ud7ff\ue000\U0010ffff");
}

TEST(PrintableTest, ReplacesControlCharacters) {
  EXPECT_EQ(printable("a\nb\r\tc"), "a?b??c");
  EXPECT_EQ(printable("\x1b[2J\x7f\x01"), "?[2J??");
  EXPECT_EQ(printable(std::string_view("\0x", 2)), "?x");
}

TEST(PrintableTest, ReplacesTheControlCharactersBeyondAscii) {
  EXPECT_EQ(printable("\xc2\x80|\xc2\x9b[2J|\xc2\x9f"), "?|?[2J|?");
}

TEST(PrintableTest, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(printable("\x9b[2J"), "?[2J") << "a terminal of eight bits takes it for an escape";
  EXPECT_EQ(printable("\xff\xc0\xaf"), "???");
  EXPECT_EQ(printable("\xed\xa0\x80"), "???") << "a surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????") << "beyond the last character";
  EXPECT_EQ(printable("\xe2\x82"), "??") << "cut inside a character";
  EXPECT_EQ(printable("\xc3\x1b[2J"), "??[2J");
}

}  // namespace
}  // namespace wsm
