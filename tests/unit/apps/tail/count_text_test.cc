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

TEST(CountText, KeepsToBothEndsOfARange) {
  constexpr CountRange kRange{2, 10};

  EXPECT_EQ(parse_count("2", kRange).value(), 2U);
  EXPECT_EQ(parse_count("10", kRange).value(), 10U);
  EXPECT_EQ(parse_count("1", kRange).error(), "must be a number of at least 2, not '1'");
  EXPECT_EQ(parse_count("11", kRange).error(), "must be a number of at most 10, not '11'");
}

TEST(CountText, WritesOneAndSeveralOfAThing) {
  EXPECT_EQ(counted(1, "message"), "1 message");
  EXPECT_EQ(counted(0, "message"), "0 messages");
  EXPECT_EQ(counted(2, "message"), "2 messages");
}

}  // namespace
}  // namespace wsm::tail
