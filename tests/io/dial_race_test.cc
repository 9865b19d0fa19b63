#include "io/dial_race.h"

#include <chrono>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/loopback_server.h"
#include "io/steady_clock.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Lt;
using namespace std::chrono_literals;

using testing::BlackHole;
using testing::echo;
using testing::LoopbackServer;
using testing::refusing_endpoint;

class DialRaceTest : public ::testing::Test {
 protected:
  DialRace::Outcome& dial(std::vector<Endpoint> endpoints,
                          std::optional<Duration> head_start = DialRace::kHeadStart,
                          Duration timeout = 10s) {
    start = now();
    race = std::make_shared<DialRace>(
        context, std::move(endpoints), std::nullopt, start + timeout, head_start,
        [this](DialRace::Outcome result) { outcome.emplace(std::move(result)); });
    race->start();
    while (!outcome && now() < start + 15s) context.run_one_for(15s);
    return *outcome;
  }
  [[nodiscard]] bool is_connected_to(const LoopbackServer& server) const {
    return (*outcome)->remote_endpoint().port() == server.port();
  }

  boost::asio::io_context context;
  TimePoint start;
  std::shared_ptr<DialRace> race;
  std::optional<DialRace::Outcome> outcome;
};

TEST_F(DialRaceTest, TheOtherFamilyOvertakesABlackHole) {
  const LoopbackServer server{echo, "::1"};
  const BlackHole hole;
  ASSERT_TRUE(dial({hole.endpoint(), server.endpoint()}));
  EXPECT_TRUE(is_connected_to(server));
  EXPECT_THAT(now() - start, AllOf(Ge(DialRace::kHeadStart), Lt(5s)));
  outcome.reset();
}

TEST_F(DialRaceTest, TheFirstFamilyWinsWithinItsHeadStart) {
  const LoopbackServer first{echo, "::1"};
  const LoopbackServer second{echo};
  ASSERT_TRUE(dial({first.endpoint(), second.endpoint()}, 10s));
  EXPECT_TRUE(is_connected_to(first));
  outcome.reset();
}

TEST_F(DialRaceTest, AFailureEndsTheHeadStart) {
  const LoopbackServer server{echo};
  ASSERT_TRUE(dial({refusing_endpoint("::1"), server.endpoint()}, 8s));
  EXPECT_TRUE(is_connected_to(server));
  EXPECT_THAT(now() - start, Lt(5s));
  outcome.reset();
}

TEST_F(DialRaceTest, TheFirstGoesOnWhenTheSecondHasFailed) {
  const LoopbackServer server{echo};
  const BlackHole hole;
  ASSERT_TRUE(dial({hole.endpoint(), refusing_endpoint("::1"), server.endpoint()}, 1ms, 2s));
  EXPECT_TRUE(is_connected_to(server));
  EXPECT_THAT(now() - start, Ge(1s)) << "the black hole has had its share";
  outcome.reset();
}

TEST_F(DialRaceTest, GivesTheReasonOfEachAddressOfBoth) {
  const auto& failed = dial({refusing_endpoint(), refusing_endpoint("::1")});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().detail, AllOf(HasSubstr("127.0.0.1:"), HasSubstr("; [::1]:")));
}

TEST_F(DialRaceTest, EndsAtTheDeadline) {
  const BlackHole hole;
  const auto& failed = dial({hole.endpoint()}, DialRace::kHeadStart, 60ms);
  ASSERT_FALSE(failed);
  EXPECT_THAT(now() - start, Lt(5s));
}

TEST_F(DialRaceTest, WithoutAHeadStartThereIsOneConnectAtATime) {
  const LoopbackServer server{echo, "::1"};
  const BlackHole hole;
  ASSERT_TRUE(dial({hole.endpoint(), server.endpoint()}, std::nullopt, 2s));
  EXPECT_THAT(now() - start, Ge(1s)) << "half of the time is the black hole's";
  outcome.reset();
}

TEST_F(DialRaceTest, DestructionForgetsTheCompletion) {
  const BlackHole hole;
  const LoopbackServer server{echo, "::1"};
  {
    const auto short_lived = std::make_shared<DialRace>(
        context, std::vector{hole.endpoint(), server.endpoint()}, std::nullopt, now() + 10s, 1ms,
        [this](DialRace::Outcome result) { outcome.emplace(std::move(result)); });
    short_lived->start();
  }
  context.run_for(50ms);
  EXPECT_FALSE(outcome);
}

}  // namespace
}  // namespace wsm::io
