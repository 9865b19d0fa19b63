#include "wire/excerpt.h"

#include <string>

#include <gtest/gtest.h>

namespace wsm {
namespace {

TEST(ExcerptTest, IsOneLineOfWhatCanBePrinted) {
  EXPECT_EQ(excerpt("plain words"), "plain words");
  EXPECT_EQ(excerpt("  two\r\n\tlines\x1b[31m \xc3\xa9 "), "two lines [31m");
  EXPECT_EQ(excerpt("\r\n"), "");
}

TEST(ExcerptTest, IsCut) { EXPECT_EQ(excerpt(std::string(1000, 'x')), std::string(160, 'x')); }

TEST(WithExcerptTest, HasAColonOnlyIfThereIsSomethingBehindIt) {
  EXPECT_EQ(with_excerpt("it said", "no"), "it said: no");
  EXPECT_EQ(with_excerpt("it said", "\n"), "it said");
}

}  // namespace
}  // namespace wsm
