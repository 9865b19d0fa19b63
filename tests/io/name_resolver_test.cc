#include "io/name_resolver.h"

#include <atomic>
#include <future>
#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/disconnect_reason.h"
#include "io/transport_fixture.h"

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// A resolver with one thread, which stands at the gate until that is opened.
class NameResolverTest : public testing::TransportFixture {
 protected:
  NameResolverTest() {
    EXPECT_TRUE(thread.run([opened = gate.get_future().share()] { opened.wait_for(30s); }));
  }

  [[nodiscard]] auto ask(const std::string& host, std::uint16_t port) {
    return resolver.look_up(host, port, [this](const NameResolver::Resolved&) { ++answers; });
  }

  std::promise<void> gate;
  std::atomic<int> calls = 0;
  int answers = 0;
  BlockingPool thread{1};
  NameResolver resolver{loop, thread, [this](const std::string& host, std::uint16_t) {
                          ++calls;
                          return NameResolver::Resolved{
                              Failure{disconnect_reason(DisconnectKind::kResolveFailed, host)}};
                        }};
};

TEST_F(NameResolverTest, ThoseWhoAskForTheSameShareOneLookUp) {
  const auto first = ask("a.example", 1);
  const auto second = ask("a.example", 1);
  const auto other_port = ask("a.example", 2);
  const auto other_host = ask("b.example", 1);
  gate.set_value();

  EXPECT_TRUE(run_until([&] { return answers == 4; }));
  EXPECT_THAT(calls, Eq(3));
}

TEST_F(NameResolverTest, SkipsWhatNobodyWaitsForAnyMore) {
  for (int i = 0; i < 100; ++i) static_cast<void>(ask("a.example", 1));
  const auto live = ask("b.example", 1);
  gate.set_value();

  EXPECT_TRUE(run_until([&] { return answers == 1; }));
  EXPECT_THAT(calls, Eq(1));
}

TEST_F(NameResolverTest, LooksUpForTheOneWhoStaysWhenTheOtherLeaves) {
  auto first = ask("a.example", 1);
  const auto second = ask("a.example", 1);
  first.reset();
  gate.set_value();

  EXPECT_TRUE(run_until([&] { return answers == 2; })) << "who left has a completion that knows it";
  EXPECT_THAT(calls, Eq(1));
}

TEST_F(NameResolverTest, AnAnswerIsNotKeptForLater) {
  gate.set_value();
  const auto first = ask("a.example", 1);
  ASSERT_TRUE(run_until([&] { return answers == 1; }));
  const auto second = ask("a.example", 1);

  EXPECT_TRUE(run_until([&] { return answers == 2; }));
  EXPECT_THAT(calls, Eq(2));
}

TEST_F(NameResolverTest, FailsWhenThereIsNoThread) {
  gate.set_value();
  ASSERT_TRUE(thread.shut_down(10s));
  std::optional<NameResolver::Resolved> answer;
  const auto look_up = resolver.look_up(
      "a.example", 1, [&](const NameResolver::Resolved& resolved) { answer = resolved; });
  EXPECT_FALSE(answer.has_value()) << "never inside of the call";

  ASSERT_TRUE(run_until([&] { return answer.has_value(); }));
  ASSERT_FALSE(*answer);
  EXPECT_THAT(answer->error().detail, HasSubstr("no thread to look the name up"));
}

}  // namespace
}  // namespace wsm::io
