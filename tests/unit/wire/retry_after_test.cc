#include "wire/retry_after.h"

#include <chrono>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST(RetryAfterTest, ReadsSeconds) {
  EXPECT_EQ(parse_retry_after("0", ""), 0s);
  EXPECT_EQ(parse_retry_after("120", ""), 120s);
  EXPECT_EQ(parse_retry_after("007", kDate), 7s);
}

TEST(RetryAfterTest, CutsWhatIsLongerThanAnybodyWaits) {
  EXPECT_EQ(parse_retry_after("31536000", ""), kRetryAfterMax);
  EXPECT_EQ(parse_retry_after("31536001", ""), kRetryAfterMax);
  EXPECT_EQ(parse_retry_after("99999999999999999999999999", ""), kRetryAfterMax);
  EXPECT_EQ(parse_retry_after("Mon, 01 Jan 2999 00:00:00 GMT", kDate), kRetryAfterMax);
}

TEST(RetryAfterTest, TakesADateRelativeToTheDateOfTheAnswer) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", kDate), 0s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:51:38 GMT", kDate), 121s);
  EXPECT_EQ(parse_retry_after("Mon, 07 Nov 1994 08:49:37 GMT", kDate), 24h);
}

TEST(RetryAfterTest, KnowsLeapDaysAndTheEndOfTheYear) {
  EXPECT_EQ(parse_retry_after("Fri, 01 Mar 2024 00:00:00 GMT", "Wed, 28 Feb 2024 00:00:00 GMT"),
            48h);
  EXPECT_EQ(parse_retry_after("Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 31 Dec 1999 23:59:59 GMT"),
            1s);
}

TEST(RetryAfterTest, ADateInThePastIsZero) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:36 GMT", kDate), 0s);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 0001 00:00:00 GMT", kDate), 0s);
}

TEST(RetryAfterTest, HasNoAnswerToADateWithoutADate) {
  EXPECT_EQ(parse_retry_after(kDate, ""), std::nullopt);
  EXPECT_EQ(parse_retry_after(kDate, "yesterday"), std::nullopt);
}

TEST(RetryAfterTest, HasNoAnswerToWhatItCannotRead) {
  for (const std::string_view value :
       {"", "-1", "1.5", "10 s", "soon", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Wed, 30 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08-49-37 GMT", "Sun, 06 Nov 1994 08:4x:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_EQ(parse_retry_after(value, kDate), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace wsm
