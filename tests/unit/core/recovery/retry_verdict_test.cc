#include "core/recovery/retry_verdict.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/recovery/verdict_tables.h"
#include "support/fixed_rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::FixedRng;
using ::testing::ElementsAre;

RetryVerdict verdict_of_kind(DisconnectKind kind) { return classify({.kind = kind}); }

RetryVerdict verdict_of_status(unsigned status) {
  return classify({.kind = DisconnectKind::kUpgradeRefused, .http_status = status});
}

RetryVerdict verdict_of_close(std::uint16_t code) {
  return classify({.kind = DisconnectKind::kClosedByServer, .close_code = code});
}

TEST(RetryVerdictTest, IsThatOfTheTableForEachKind) {
  for (int kind = 0; kind <= static_cast<int>(DisconnectKind::kStopped); ++kind) {
    const auto& row = kKindVerdicts.at(static_cast<std::size_t>(kind));
    ASSERT_EQ(row.kind, static_cast<DisconnectKind>(kind)) << "each has a row, in their order";
    EXPECT_EQ(verdict_of_kind(row.kind), row.verdict) << to_string(row.kind);
  }
}

TEST(RetryVerdictTest, IsStopOnlyForOurOwnEndings) {
  std::vector<DisconnectKind> stopping;
  for (const auto& row : kKindVerdicts) {
    if (row.verdict == RetryVerdict::kStop) stopping.push_back(row.kind);
  }
  EXPECT_THAT(stopping, ElementsAre(DisconnectKind::kReplaced, DisconnectKind::kRequested,
                                    DisconnectKind::kStopped));
  for (unsigned status = 0; status <= 999; ++status) {
    EXPECT_NE(verdict_of_status(status), RetryVerdict::kStop) << status;
  }
  for (unsigned code = 0; code <= 65'535; ++code) {
    EXPECT_NE(verdict_of_close(static_cast<std::uint16_t>(code)), RetryVerdict::kStop) << code;
  }
}

TEST(RetryVerdictTest, RetriesAfterTheStatusesThatPass) {
  for (const unsigned status : {408U, 425U, 500U, 502U, 504U, 520U, 599U}) {
    EXPECT_EQ(verdict_of_status(status), RetryVerdict::kRetry) << status;
  }
}

TEST(RetryVerdictTest, RetriesSlowlyAfterTheStatusesThatStayOrAskForPatience) {
  for (const unsigned status :
       {101U, 200U, 301U, 400U, 402U, 403U, 404U, 407U, 409U, 429U, 501U, 503U, 505U, 600U}) {
    EXPECT_EQ(verdict_of_status(status), RetryVerdict::kRetrySlowly) << status;
  }
}

TEST(RetryVerdictTest, RetriesAfterTheCloseCodesOfOrdinaryLife) {
  constexpr std::uint16_t kCodes[] = {1000, 1001, 1005, 1006, 1011, 1012, 1014,
                                      1015, 3001, 3008, 3999, 4000, 4999};
  for (const std::uint16_t code : kCodes) {
    EXPECT_EQ(verdict_of_close(code), RetryVerdict::kRetry) << code;
  }
}

TEST(RetryVerdictTest, RetriesSlowlyAfterTheCloseCodesThatBlameUs) {
  constexpr std::uint16_t kCodes[] = {1002, 1003, 1007, 1008, 1009, 1010, 1013, 3003};
  for (const std::uint16_t code : kCodes) {
    EXPECT_EQ(verdict_of_close(code), RetryVerdict::kRetrySlowly) << code;
  }
}

TEST(RetryVerdictTest, WantsOtherCredentialsWhereTheServerSaysThatTheyAreWrong) {
  EXPECT_EQ(verdict_of_status(401), RetryVerdict::kRefreshCredentials);
  EXPECT_EQ(verdict_of_close(3000), RetryVerdict::kRefreshCredentials);
}

TEST(RetryVerdictTest, GoesByNumbersOnlyWhereTheyAreTheReason) {
  EXPECT_EQ(classify({.kind = DisconnectKind::kConnectionLost, .http_status = 401U}),
            RetryVerdict::kRetry);
  EXPECT_EQ(classify({.kind = DisconnectKind::kPongTimeout, .close_code = std::uint16_t{1008}}),
            RetryVerdict::kRetry);
}

TEST(RetryVerdictTest, IsOverruledByTheHandler) {
  EXPECT_EQ(overrule(RetryVerdict::kRetrySlowly, ErrorAnswer::kDefault),
            RetryVerdict::kRetrySlowly);
  EXPECT_EQ(overrule(RetryVerdict::kRetrySlowly, ErrorAnswer::kRetry), RetryVerdict::kRetry);
  EXPECT_EQ(overrule(RetryVerdict::kRetry, ErrorAnswer::kRetrySlowly), RetryVerdict::kRetrySlowly);
  EXPECT_EQ(overrule(RetryVerdict::kRetry, ErrorAnswer::kRefreshCredentials),
            RetryVerdict::kRefreshCredentials);
  EXPECT_EQ(overrule(RetryVerdict::kRetry, ErrorAnswer::kStop), RetryVerdict::kStop);
}

TEST(RetryVerdictTest, HasAWordForEachVerdict) {
  EXPECT_EQ(to_string(RetryVerdict::kRetry), "retry");
  EXPECT_EQ(to_string(RetryVerdict::kRetrySlowly), "retry slowly");
  EXPECT_EQ(to_string(RetryVerdict::kRefreshCredentials), "refresh credentials");
  EXPECT_EQ(to_string(RetryVerdict::kStop), "stop");
}

class ReconnectDelayTest : public ::testing::Test {
 protected:
  Duration shortest(const Failed& failed) { return reconnect_delay(options, failed, lowest); }
  Duration longest(const Failed& failed) { return reconnect_delay(options, failed, highest); }

  FixedRng lowest{FixedRng::Draw::kLowest};
  FixedRng highest{FixedRng::Draw::kHighest};
  const BackoffOptions options{.initial_delay = 100ms, .max_delay = 30s};
};

TEST_F(ReconnectDelayTest, IsTheBackoffForARetry) {
  EXPECT_EQ(longest({.in_a_row = 1}), 100ms);
  EXPECT_EQ(longest({.in_a_row = 4}), 800ms);
}

TEST_F(ReconnectDelayTest, IsTheUpperHalfOfTheLongestDelayForASlowRetry) {
  EXPECT_EQ(shortest({.verdict = RetryVerdict::kRetrySlowly}), 15s);
  EXPECT_EQ(longest({.verdict = RetryVerdict::kRetrySlowly}), 30s);
}

TEST_F(ReconnectDelayTest, IsTheBackoffForTheFirstRefusalOfCredentialsAndSlowFromThenOn) {
  EXPECT_EQ(longest({.verdict = RetryVerdict::kRefreshCredentials, .refusals = 1}), 100ms);
  EXPECT_EQ(shortest({.verdict = RetryVerdict::kRefreshCredentials, .refusals = 2}), 15s);
}

TEST_F(ReconnectDelayTest, IsNeverLessThanRetryAfter) {
  Failed busy{.verdict = RetryVerdict::kRetrySlowly, .retry_after = 15s + 1ns};
  EXPECT_EQ(shortest(busy), 15s + 1ns);

  busy = {.verdict = RetryVerdict::kRetry, .retry_after = 2h};
  EXPECT_EQ(shortest(busy), 2h);
}

TEST_F(ReconnectDelayTest, SpreadsThoseThatWereToldTheSameTime) {
  EXPECT_EQ(longest({.verdict = RetryVerdict::kRetrySlowly, .retry_after = 2h}), 2h + 3s);
}

TEST_F(ReconnectDelayTest, IsNotShortenedByRetryAfter) {
  EXPECT_EQ(shortest({.verdict = RetryVerdict::kRetrySlowly, .retry_after = 1s}), 15s);
}

}  // namespace
}  // namespace wsm
