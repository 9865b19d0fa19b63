#include "tail/help_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

TEST(HelpText, ListsEveryExitCodeWithItsMeaning) {
  EXPECT_THAT(help_text(), ::testing::HasSubstr("  9    the server refused every topic"));
  EXPECT_THAT(help_text(), ::testing::HasSubstr("  130  ended by a second Ctrl-C"));
}

}  // namespace
}  // namespace wsm::tail
