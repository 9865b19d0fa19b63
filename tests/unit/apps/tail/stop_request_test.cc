#include "tail/stop_request.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 10s;

TEST(StopRequest, AnswersWithTheFirstReason) {
  StopRequest request;
  request.ask({ExitCode::kTlsFailed, "first"});
  request.ask({ExitCode::kOther, "second"});

  const Ending ending = request.wait(kPatience).value();

  EXPECT_EQ(ending.code, ExitCode::kTlsFailed);
  EXPECT_EQ(ending.message, "first");
}

TEST(StopRequest, IsAskedByASignal) {
  StopRequest request;
  EXPECT_FALSE(request.has_signal());
  raise(SIGTERM);

  EXPECT_EQ(request.wait(std::nullopt).value().code, ExitCode::kOk);
  EXPECT_TRUE(request.has_signal());
}

TEST(StopRequest, TellsWhenItsTimeIsOver) {
  StopRequest request;

  EXPECT_FALSE(request.wait(1ms));
}

TEST(StopRequest, TakesTwoSignalsAtOnceForOneWish) {
  StopRequest request;
  raise(SIGTERM);
  raise(SIGTERM);

  EXPECT_EQ(request.wait(std::nullopt).value().code, ExitCode::kOk);
}

}  // namespace
}  // namespace wsm::tail
