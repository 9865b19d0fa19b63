#include <string>

#include <gmock/gmock.h>

#include <wsm/logger.h>

namespace wsm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// What a fresh logger writes to stderr for one line.
std::string written(LogLevel least, LogLevel level, std::string_view line) {
  ::testing::internal::CaptureStderr();
  make_stderr_logger(least)->log(level, line);
  return ::testing::internal::GetCapturedStderr();
}

TEST(StderrLoggerTest, WritesTheLineWithItsLevel) {
  EXPECT_THAT(written(LogLevel::kDebug, LogLevel::kDebug, "a"), HasSubstr("[debug] a\n"));
  EXPECT_THAT(written(LogLevel::kDebug, LogLevel::kInfo, "b"), HasSubstr("[info] b\n"));
  EXPECT_THAT(written(LogLevel::kDebug, LogLevel::kWarning, "c"), HasSubstr("[warning] c\n"));
  EXPECT_THAT(written(LogLevel::kDebug, LogLevel::kError, "d"), HasSubstr("[error] d\n"));
}

TEST(StderrLoggerTest, KeepsBackWhatIsBelowTheLeastLevel) {
  EXPECT_THAT(written(LogLevel::kWarning, LogLevel::kInfo, "quiet"), IsEmpty());
  EXPECT_THAT(written(LogLevel::kWarning, LogLevel::kWarning, "loud"), HasSubstr("loud"));
}

TEST(StderrLoggerTest, TakesBracesAndPercentSignsAsTheyAre) {
  EXPECT_THAT(written(LogLevel::kInfo, LogLevel::kInfo, "{} %s {0:d"), HasSubstr("{} %s {0:d\n"));
}

TEST(StderrLoggerTest, UsesNoColoursOutsideOfATerminal) {
  EXPECT_THAT(written(LogLevel::kInfo, LogLevel::kError, "plain"),
              AllOf(HasSubstr("plain"), Not(HasSubstr("\033["))));
}

TEST(StderrLoggerTest, TwoLoggersDoNotMeet) {
  const auto first = make_stderr_logger(LogLevel::kError);
  const auto second = make_stderr_logger(LogLevel::kDebug);

  ::testing::internal::CaptureStderr();
  first->log(LogLevel::kInfo, "of the first");
  second->log(LogLevel::kInfo, "of the second");

  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("of the second"), Not(HasSubstr("of the first"))));
}

}  // namespace
}  // namespace wsm
