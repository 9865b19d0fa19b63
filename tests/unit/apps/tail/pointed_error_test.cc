#include "tail/pointed_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

TEST(PointedError, PutsACaretUnderThePlace) {
  EXPECT_EQ(to_string(PointedError{"wrong", "abc", 1}), "wrong\n  abc\n   ^");
  EXPECT_EQ(to_string(PointedError{"wrong", "abc", 0}), "wrong\n  abc\n  ^");
}

TEST(PointedError, CanPointBehindTheEnd) {
  EXPECT_EQ(to_string(PointedError{"wrong", "abc", 3}), "wrong\n  abc\n     ^");
  EXPECT_EQ(to_string(PointedError{"wrong", "abc", 99}), "wrong\n  abc\n     ^");
  EXPECT_EQ(to_string(PointedError{"wrong", "", 0}), "wrong\n  \n  ^");
}

TEST(PointedError, CountsCharactersNotBytes) {
  EXPECT_EQ(to_string(PointedError{"wrong", "äöx", 4}), "wrong\n  äöx\n    ^");
  EXPECT_EQ(to_string(PointedError{"inside a character", "äöx", 3}),
            "inside a character\n  äöx\n   ^");
}

TEST(PointedError, CutsALongTextAroundThePlace) {
  const std::string text = std::string(100, 'a') + "X" + std::string(100, 'b');

  const std::string shown = to_string(PointedError{"wrong", text, 100});

  EXPECT_EQ(shown, "wrong\n  ..." + std::string(48, 'a') + "X" + std::string(23, 'b') + "...\n" +
                       std::string(2 + 3 + 48, ' ') + "^");
}

TEST(PointedError, ShowsControlCharactersAsSpaces) {
  EXPECT_EQ(to_string(PointedError{"wrong", "a\nb\x1b", 2}), "wrong\n  a b \n    ^");
}

}  // namespace
}  // namespace wsm::tail
