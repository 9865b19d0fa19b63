#include "tail/verdict.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr RunProgress kNothingYet{};

DisconnectReason reason(DisconnectKind kind) { return {kind, "some detail", {}, {}, {}}; }

TEST(Verdict, NamesTheStepThatFailedFirst) {
  EXPECT_EQ(ending_for(reason(DisconnectKind::kInvalidUrl), kNothingYet), ExitCode::kUsage);
  EXPECT_EQ(ending_for(reason(DisconnectKind::kResolveFailed), kNothingYet),
            ExitCode::kNameNotResolved);
  EXPECT_EQ(ending_for(reason(DisconnectKind::kConnectFailed), kNothingYet),
            ExitCode::kConnectFailed);
  EXPECT_EQ(ending_for(reason(DisconnectKind::kConnectTimeout), kNothingYet),
            ExitCode::kConnectFailed);
  EXPECT_EQ(ending_for(reason(DisconnectKind::kTlsFailed), kNothingYet), ExitCode::kTlsFailed);
  EXPECT_EQ(ending_for(reason(DisconnectKind::kUpgradeRefused), kNothingYet),
            ExitCode::kUpgradeRefused);
  EXPECT_EQ(ending_for(reason(DisconnectKind::kClosedByServer), kNothingYet),
            ExitCode::kClosedEarly);
}

TEST(Verdict, GoesOnOnceAConnectionWasOpen) {
  const RunProgress opened{.has_opened = true};

  for (const auto kind :
       {DisconnectKind::kInvalidUrl, DisconnectKind::kResolveFailed, DisconnectKind::kConnectFailed,
        DisconnectKind::kConnectTimeout, DisconnectKind::kTlsFailed,
        DisconnectKind::kUpgradeRefused, DisconnectKind::kHookFailed}) {
    EXPECT_EQ(ending_for(reason(kind), opened), std::nullopt) << to_string(kind);
  }
}

TEST(Verdict, EndsWhenAnOpenConnectionClosesBeforeItsFirstMessage) {
  for (const auto kind : {DisconnectKind::kConnectionLost, DisconnectKind::kClosedByServer,
                          DisconnectKind::kProtocolError}) {
    EXPECT_EQ(ending_for(reason(kind), {.has_opened = true}), ExitCode::kClosedEarly);
    EXPECT_EQ(ending_for(reason(kind), {.has_opened = true, .has_received = true}), std::nullopt);
  }
}

TEST(Verdict, TakesALongSilenceForAQuietFeed) {
  const auto closed = reason(DisconnectKind::kClosedByServer);

  EXPECT_EQ(ending_for(closed, {.has_opened = true, .since_opened = 10s - 1ns}),
            ExitCode::kClosedEarly);
  EXPECT_EQ(ending_for(closed, {.has_opened = true, .since_opened = 10s}), std::nullopt);
}

TEST(Verdict, NeverEndsForWhatTheLibraryDidItself) {
  for (const auto kind :
       {DisconnectKind::kPongTimeout, DisconnectKind::kDataTimeout, DisconnectKind::kReplaced,
        DisconnectKind::kRequested, DisconnectKind::kStopped}) {
    EXPECT_EQ(ending_for(reason(kind), kNothingYet), std::nullopt) << to_string(kind);
  }
}

TEST(Verdict, EndsWithAComplaintWhereTheOutputFailed) {
  const auto full = ending_for(OutputError{OutputFault::kFailed, ENOSPC});

  ASSERT_TRUE(full);
  EXPECT_EQ(full->code, ExitCode::kOther);
  EXPECT_EQ(full->message, "cannot write to stdout: No space left on device");
}

TEST(Verdict, EndsWellWhereTheReaderHasEnough) {
  const auto gone = ending_for(OutputError{OutputFault::kReaderGone});

  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->code, ExitCode::kOk);
  EXPECT_FALSE(ending_for(OutputError{OutputFault::kCancelled}));
}

TEST(Verdict, ExplainsWhatWhereAndWhatToDo) {
  const std::string text = explain(reason(DisconnectKind::kTlsFailed), "wss://host/ws");

  EXPECT_THAT(text, HasSubstr("wss://host/ws: "));
  EXPECT_THAT(text, HasSubstr("some detail"));
  EXPECT_THAT(text, HasSubstr("--ca FILE"));
}

TEST(Verdict, CannotCommandTheTerminal) {
  const DisconnectReason closed{DisconnectKind::kClosedByServer, "\x1b[2Jgone\nwsm: lies", 1008};

  const std::string text = explain(closed, "ws://host");

  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\nwsm: lies")));
  EXPECT_THAT(text, HasSubstr("\n  Check what the server expects"));
}

}  // namespace
}  // namespace wsm::tail
