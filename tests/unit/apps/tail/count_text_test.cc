#include "tail/count_text.h"

#include <limits>

#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

TEST(CountText, ReadsNumbersFromOneOn) {
  EXPECT_EQ(parse_count("1").value(), 1U);
  EXPECT_EQ(parse_count("500").value(), 500U);
  EXPECT_EQ(parse_count("18446744073709551615").value(), std::numeric_limits<std::uint64_t>::max());
}

TEST(CountText, RefusesWhatIsNoSuchNumber) {
  for (const char* text :
       {"", "0", "-1", "+1", "abc", "1.5", "5 ", " 5", "0x5", "1e3", "18446744073709551616"}) {
    EXPECT_FALSE(parse_count(text)) << text;
  }
  EXPECT_EQ(parse_count("-3").error(), "must be a number of at least 1, not '-3'");
}

}  // namespace
}  // namespace wsm::tail
