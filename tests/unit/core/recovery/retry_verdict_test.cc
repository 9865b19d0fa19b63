#include "core/recovery/retry_verdict.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fixed_rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::FixedRng;

RetryVerdict verdict_of_kind(DisconnectKind kind) { return classify({.kind = kind}); }

RetryVerdict verdict_of_status(std::optional<unsigned> status) {
  return classify({.kind = DisconnectKind::kUpgradeRefused, .http_status = status});
}

RetryVerdict verdict_of_close(std::optional<std::uint16_t> code) {
  return classify({.kind = DisconnectKind::kClosedByServer, .close_code = code});
}

TEST(RetryVerdictTest, RetriesWhatMayPass) {
  for (const auto kind :
       {DisconnectKind::kHookFailed, DisconnectKind::kResolveFailed, DisconnectKind::kConnectFailed,
        DisconnectKind::kConnectTimeout, DisconnectKind::kConnectionLost,
        DisconnectKind::kPongTimeout, DisconnectKind::kDataTimeout, DisconnectKind::kReplaced,
        DisconnectKind::kRequested, DisconnectKind::kStopped, DisconnectKind::kClosedByServer}) {
    EXPECT_EQ(verdict_of_kind(kind), RetryVerdict::kRetry) << to_string(kind);
  }
}

TEST(RetryVerdictTest, RetriesSlowlyWhatWouldFailAgain) {
  for (const auto kind : {DisconnectKind::kInvalidUrl, DisconnectKind::kTlsFailed,
                          DisconnectKind::kProtocolError, DisconnectKind::kUpgradeRefused}) {
    EXPECT_EQ(verdict_of_kind(kind), RetryVerdict::kRetrySlowly) << to_string(kind);
  }
}

TEST(RetryVerdictTest, RetriesAfterTheStatusesThatPass) {
  for (const unsigned status : {408U, 500U, 502U, 504U, 599U}) {
    EXPECT_EQ(verdict_of_status(status), RetryVerdict::kRetry) << status;
  }
}

TEST(RetryVerdictTest, RetriesSlowlyAfterTheStatusesThatStayOrAskForPatience) {
  for (const unsigned status : {101U, 200U, 301U, 400U, 401U, 403U, 404U, 407U, 409U, 429U, 503U}) {
    EXPECT_EQ(verdict_of_status(status), RetryVerdict::kRetrySlowly) << status;
  }
}

TEST(RetryVerdictTest, RetriesAfterTheCloseCodesOfOrdinaryLife) {
  constexpr std::uint16_t kCodes[] = {1000, 1001, 1005, 1006, 1011, 1012,
                                      1014, 1015, 3000, 4000, 4999};
  for (const std::uint16_t code : kCodes) {
    EXPECT_EQ(verdict_of_close(code), RetryVerdict::kRetry) << code;
  }
  EXPECT_EQ(verdict_of_close(std::nullopt), RetryVerdict::kRetry);
}

TEST(RetryVerdictTest, RetriesSlowlyAfterTheCloseCodesThatBlameUs) {
  constexpr std::uint16_t kCodes[] = {1002, 1003, 1007, 1008, 1009, 1010, 1013};
  for (const std::uint16_t code : kCodes) {
    EXPECT_EQ(verdict_of_close(code), RetryVerdict::kRetrySlowly) << code;
  }
}

TEST(RetryVerdictTest, HasAWordForEachVerdict) {
  EXPECT_EQ(to_string(RetryVerdict::kRetry), "retry");
  EXPECT_EQ(to_string(RetryVerdict::kRetrySlowly), "retry slowly");
}

class ReconnectDelayTest : public ::testing::Test {
 protected:
  FixedRng lowest{FixedRng::Draw::kLowest};
  FixedRng highest{FixedRng::Draw::kHighest};
  const BackoffOptions options{.initial_delay = 100ms, .max_delay = 30s};
  const DisconnectReason lost{.kind = DisconnectKind::kConnectionLost};
  const DisconnectReason forbidden{.kind = DisconnectKind::kUpgradeRefused, .http_status = 403};
};

TEST_F(ReconnectDelayTest, IsTheBackoffForARetry) {
  EXPECT_EQ(reconnect_delay(options, lost, 1, highest), 100ms);
  EXPECT_EQ(reconnect_delay(options, lost, 4, highest), 800ms);
}

TEST_F(ReconnectDelayTest, IsTheUpperHalfOfTheLongestDelayForASlowRetry) {
  EXPECT_EQ(reconnect_delay(options, forbidden, 1, lowest), 15s);
  EXPECT_EQ(reconnect_delay(options, forbidden, 1, highest), 30s);
}

TEST_F(ReconnectDelayTest, IsNeverLessThanRetryAfter) {
  DisconnectReason busy{.kind = DisconnectKind::kUpgradeRefused, .http_status = 503};
  busy.retry_after = 15s + 1ns;
  EXPECT_EQ(reconnect_delay(options, busy, 1, lowest), 15s + 1ns);

  busy.retry_after = 2h;
  EXPECT_EQ(reconnect_delay(options, busy, 1, lowest), 2h);
}

TEST_F(ReconnectDelayTest, SpreadsThoseThatWereToldTheSameTime) {
  DisconnectReason busy{.kind = DisconnectKind::kUpgradeRefused, .http_status = 429};
  busy.retry_after = 2h;

  EXPECT_EQ(reconnect_delay(options, busy, 1, highest), 2h + 3s);
}

TEST_F(ReconnectDelayTest, IsNotShortenedByRetryAfter) {
  DisconnectReason busy{.kind = DisconnectKind::kUpgradeRefused, .http_status = 503};
  busy.retry_after = 1s;

  EXPECT_EQ(reconnect_delay(options, busy, 1, lowest), 15s);
}

}  // namespace
}  // namespace wsm
