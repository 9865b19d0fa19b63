#include "tail/duration_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(DurationText, ReadsANumberWithAUnit) {
  EXPECT_EQ(parse_duration("500ms").value(), 500ms);
  EXPECT_EQ(parse_duration("30s").value(), 30s);
  EXPECT_EQ(parse_duration("5m").value(), 5min);
  EXPECT_EQ(parse_duration("2h").value(), 2h);
  EXPECT_EQ(parse_duration("1d").value(), 24h);
  EXPECT_EQ(parse_duration("100us").value(), 100us);
}

TEST(DurationText, ReadsFractions) { EXPECT_EQ(parse_duration("1.5s").value(), 1500ms); }

TEST(DurationText, AsksForTheUnitThatIsMissing) {
  EXPECT_THAT(parse_duration("30").error(), HasSubstr("write 30ms, 30s or 30m"));
}

TEST(DurationText, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "s", "abc", "-5s", "nan", "inf", "1e3s", "5 s", "5sec", "0x5s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(DurationText, RefusesNothingAndForEver) {
  EXPECT_THAT(parse_duration("0s").error(), HasSubstr("more than zero"));
  EXPECT_THAT(parse_duration("0.0001us").error(), HasSubstr("more than zero"));
  EXPECT_TRUE(parse_duration("3650d"));
  EXPECT_THAT(parse_duration("3651d").error(), HasSubstr("ten years"));
}

TEST(DurationText, TakesNoneOnlyWhereItIsAllowed) {
  EXPECT_EQ(parse_duration_or_none("none").value(), std::nullopt);
  EXPECT_EQ(parse_duration_or_none("1s").value(), 1s);
  EXPECT_THAT(parse_duration_or_none("never").error(), HasSubstr("none"));
  EXPECT_FALSE(parse_duration("none"));
}

TEST(DurationText, WritesTheUnitThatFits) {
  EXPECT_EQ(duration_text(0ns), "0 ms");
  EXPECT_EQ(duration_text(999'999'999ns), "999 ms");
  EXPECT_EQ(duration_text(1s), "1 s");
  EXPECT_EQ(duration_text(1500ms), "1.5 s");
  EXPECT_EQ(duration_text(1min - 1ns), "59.9 s");
  EXPECT_EQ(duration_text(1min), "1 min 0 s");
  EXPECT_EQ(duration_text(1h - 1ns), "59 min 59 s");
  EXPECT_EQ(duration_text(25h + 2min), "25 h 2 min");
}

}  // namespace
}  // namespace wsm::tail
