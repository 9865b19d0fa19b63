#include "core/recovery/circuits.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fixed_rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Optional;

constexpr ShardId kFirst{1};
constexpr ShardId kSecond{2};
constexpr ShardId kThird{3};
const std::string kHere = "here:443";
const std::string kThere = "there:443";
const std::string kFree = "free:443";
constexpr TimePoint kAtOnce{};

class CircuitsTest : public ::testing::Test {
 protected:
  void trip(std::string_view endpoint = kHere) {
    for (int i = 0; i < 2; ++i) circuits.handle_failed(ShardId{9}, endpoint, now);
  }
  bool ask(ShardId shard, const std::vector<std::string>& endpoints = {kHere},
           EndpointPreference preference = EndpointPreference::kSafe) {
    return circuits.ask(shard, endpoints, preference, now);
  }
  void hurry(const std::vector<std::string>& endpoints) { circuits.hurry(endpoints, now); }
  void choose(ShardId shard, const std::vector<std::string>& endpoints, std::string_view chosen) {
    circuits.handle_chosen(shard, endpoints, chosen, now);
  }
  std::vector<ShardId> admitted() {
    std::vector<ShardId> shards;
    while (const auto shard = circuits.take_admitted(now)) shards.push_back(*shard);
    return shards;
  }
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    while (const auto event = out.take_event()) lines.push_back(to_string(*event));
    return lines;
  }

  TimePoint now{1h};
  test::FixedRng rng{test::FixedRng::Draw::kHighest};
  Outbox out;
  Circuits circuits{{.threshold = 2, .delay_max = 20s}, rng, out};
};

TEST_F(CircuitsTest, LetsEverybodyGoWhereNothingIsWrong) {
  EXPECT_TRUE(ask(kFirst));
  EXPECT_TRUE(ask(kSecond, {}));
  EXPECT_EQ(circuits.next_deadline(), std::nullopt);
}

TEST_F(CircuitsTest, LetsTheFirstThatWaitsGoAsTheProbe) {
  trip();
  EXPECT_FALSE(ask(kFirst));
  EXPECT_FALSE(ask(kSecond));
  EXPECT_THAT(circuits.next_deadline(), Optional(now + 20s));
  now += 20s - 1ns;
  EXPECT_THAT(admitted(), IsEmpty());

  now += 1ns;

  EXPECT_THAT(admitted(), ElementsAre(kFirst));
  EXPECT_EQ(circuits.status(kHere), CircuitStatus::kHalfOpen);
  EXPECT_EQ(circuits.next_deadline(), std::nullopt) << "the probe's end is told";
}

TEST_F(CircuitsTest, LetsAProbeThatAsksAgainGoOn) {
  trip();
  now += 20s;
  ASSERT_TRUE(ask(kFirst));

  EXPECT_TRUE(ask(kFirst));
  EXPECT_FALSE(ask(kSecond));
}

TEST_F(CircuitsTest, NobodyOvertakesThoseWhoWait) {
  trip();
  EXPECT_FALSE(ask(kFirst));
  now += 20s;

  EXPECT_FALSE(ask(kSecond));

  EXPECT_THAT(admitted(), ElementsAre(kFirst));
}

TEST_F(CircuitsTest, LetsAllGoInTheirOrderWhenAConnectionOpens) {
  trip();
  for (const ShardId shard : {kSecond, kFirst, kThird}) EXPECT_FALSE(ask(shard));
  now += 20s;
  ASSERT_THAT(admitted(), ElementsAre(kSecond));

  circuits.handle_opened(kSecond, kHere, now);

  EXPECT_THAT(circuits.next_deadline(), Optional(kAtOnce));
  EXPECT_THAT(admitted(), ElementsAre(kFirst, kThird));
}

TEST_F(CircuitsTest, WaitsForAnotherDelayWhenTheProbeFails) {
  trip();
  now += 20s;
  ASSERT_TRUE(ask(kFirst));
  EXPECT_FALSE(ask(kSecond));

  circuits.handle_failed(kFirst, kHere, now);

  EXPECT_THAT(circuits.next_deadline(), Optional(now + 20s));
}

TEST_F(CircuitsTest, AProbeThatIsGivenUpMakesPlaceForTheNext) {
  trip();
  now += 20s;
  ASSERT_TRUE(ask(kFirst));
  EXPECT_FALSE(ask(kSecond));

  circuits.withdraw(kFirst, now);

  EXPECT_THAT(admitted(), ElementsAre(kSecond));
}

TEST_F(CircuitsTest, WhoWithdrawsIsNotLetGo) {
  trip();
  EXPECT_FALSE(ask(kFirst));

  circuits.withdraw(kFirst, now);

  EXPECT_EQ(circuits.waiting(), 0U);
  now += 20s;
  EXPECT_THAT(admitted(), IsEmpty());
}

TEST_F(CircuitsTest, AttemptsOfOthersDecideNothingForTheProbe) {
  trip();
  now += 20s;
  ASSERT_TRUE(ask(kFirst));

  circuits.handle_failed(kSecond, kHere, now);
  circuits.handle_given_up(kThird, now);

  EXPECT_EQ(circuits.status(kHere), CircuitStatus::kHalfOpen);
}

TEST_F(CircuitsTest, EndpointsHaveNothingToDoWithEachOther) {
  trip();

  EXPECT_TRUE(ask(kFirst, {kThere}));
  EXPECT_EQ(circuits.status(kThere), CircuitStatus::kClosed);
}

TEST_F(CircuitsTest, AProbeThatConnectsElsewhereLetsAllGoAfterIt) {
  trip();
  now += 20s;
  ASSERT_TRUE(ask(kFirst));
  EXPECT_FALSE(ask(kSecond));

  circuits.handle_opened(kFirst, kThere, now);

  EXPECT_THAT(admitted(), ElementsAre(kSecond));
}

TEST_F(CircuitsTest, AProbeThatFailsElsewhereCountsForBoth) {
  trip();
  now += 20s;
  circuits.handle_failed(kThird, kThere, now);
  ASSERT_TRUE(ask(kFirst));

  circuits.handle_failed(kFirst, kThere, now);

  EXPECT_EQ(circuits.status(kHere), CircuitStatus::kOpen);
  EXPECT_EQ(circuits.status(kThere), CircuitStatus::kOpen);
}

TEST_F(CircuitsTest, WhoKnowsNoEndpointGoesAsLongAsOneIsNotShut) {
  trip(kHere);
  circuits.handle_opened(kSecond, kThere, now);

  EXPECT_TRUE(ask(kFirst, {}));
}

TEST_F(CircuitsTest, WhoKnowsNoEndpointGoesAsLongAsOneIsNamedThatHasNotBeenTried) {
  trip(kHere);
  choose(kSecond, {kHere, kThere}, kHere);

  EXPECT_TRUE(ask(kFirst, {}));
}

TEST_F(CircuitsTest, WhoKnowsNoEndpointDoesNotCountOnOneThatOnlyAServerHasNamed) {
  choose(kSecond, {kHere}, kThere);
  circuits.handle_opened(kSecond, kThere, now);
  trip(kHere);
  EXPECT_FALSE(ask(kFirst, {}));

  choose(kSecond, {kHere, kThere}, kThere);

  EXPECT_TRUE(ask(kThird, {}));
}

TEST_F(CircuitsTest, WhoKnowsNoEndpointWaitsAtAllOfThem) {
  trip(kThere);
  now += 1s;
  trip(kHere);
  EXPECT_FALSE(ask(kFirst, {}));

  hurry({kHere});

  EXPECT_THAT(admitted(), ElementsAre(kFirst));
  EXPECT_EQ(circuits.waiting(), 0U);
}

TEST_F(CircuitsTest, WhoHasALifelineElsewhereNeedNotWait) {
  trip();

  EXPECT_TRUE(ask(kFirst, {kHere, kThere}));

  EXPECT_THAT(circuits.shut_for(kFirst), ElementsAre(kHere));
}

TEST_F(CircuitsTest, PrefersTheSafeEndpointToTheProbe) {
  trip();
  now += 20s;

  EXPECT_TRUE(ask(kFirst, {kHere, kThere}));

  EXPECT_EQ(circuits.status(kHere), CircuitStatus::kOpen);
}

TEST_F(CircuitsTest, TakesTheProbeInItsTurnIfThatIsPreferred) {
  trip();
  now += 20s;

  EXPECT_TRUE(ask(kFirst, {kThere, kHere}, EndpointPreference::kInTurn));
  EXPECT_EQ(circuits.status(kHere), CircuitStatus::kOpen);
  EXPECT_TRUE(ask(kFirst, {kHere, kThere}, EndpointPreference::kInTurn));
  EXPECT_EQ(circuits.status(kHere), CircuitStatus::kHalfOpen);

  EXPECT_THAT(circuits.shut_for(kFirst), IsEmpty());
  EXPECT_THAT(circuits.shut_for(kSecond), ElementsAre(kHere)) << "one attempt at a time";
}

/// What it connects to says nothing then of the place that it was to probe before.
TEST_F(CircuitsTest, AProbeThatAsksAgainAndFindsABetterPlaceIsGivenUp) {
  trip(kHere);
  now += 20s;
  ASSERT_TRUE(ask(kFirst, {kHere, kFree}, EndpointPreference::kInTurn));
  ASSERT_EQ(circuits.status(kHere), CircuitStatus::kHalfOpen);
  trip(kThere);
  now += 20s;

  EXPECT_TRUE(ask(kFirst, {kThere, kFree, kHere}, EndpointPreference::kInTurn));

  EXPECT_EQ(circuits.status(kThere), CircuitStatus::kHalfOpen);
  EXPECT_EQ(circuits.status(kHere), CircuitStatus::kOpen);
}

TEST_F(CircuitsTest, WaitsAtAllEndpointsForTheFirstThatTakesIt) {
  trip(kHere);
  now += 1s;
  trip(kThere);
  EXPECT_FALSE(ask(kFirst, {kThere, kHere}));
  EXPECT_FALSE(ask(kSecond, {kThere, kHere}));
  EXPECT_THAT(circuits.next_deadline(), Optional(now + 19s));

  now += 19s;
  EXPECT_THAT(admitted(), ElementsAre(kFirst));
  now += 1s;
  EXPECT_THAT(admitted(), ElementsAre(kSecond));

  EXPECT_EQ(circuits.waiting(), 0U);
  EXPECT_THAT(circuits.shut_for(kFirst), ElementsAre(kThere));
  EXPECT_THAT(circuits.shut_for(kSecond), ElementsAre(kHere));
}

TEST_F(CircuitsTest, AProbeThatPrefersAnotherEndpointOfItsListIsGivenUp) {
  trip();
  now += 20s;
  ASSERT_TRUE(ask(kFirst));
  EXPECT_FALSE(ask(kSecond));

  choose(kFirst, {kHere, kThere}, kThere);
  circuits.handle_opened(kFirst, kThere, now);

  EXPECT_THAT(admitted(), ElementsAre(kSecond));
  EXPECT_EQ(circuits.status(kHere), CircuitStatus::kHalfOpen) << "it is still not known";
}

TEST_F(CircuitsTest, TellsEachChangeAndCountsTrips) {
  trip();
  now += 20s;
  ASSERT_TRUE(ask(kFirst));
  circuits.handle_failed(kFirst, kHere, now);
  now += 20s;
  ASSERT_TRUE(ask(kFirst));
  circuits.handle_opened(kFirst, kHere, now);

  EXPECT_THAT(told(), ElementsAre("here:443: circuit breaker open, probed in 20.000 s",
                                  "here:443: circuit breaker half-open",
                                  "here:443: circuit breaker open, probed in 20.000 s",
                                  "here:443: circuit breaker half-open",
                                  "here:443: circuit breaker closed"));
  EXPECT_EQ(out.counters.circuit_breaker_trips, 1U);
}

TEST_F(CircuitsTest, ForgetsEndpointsOfWhichNothingIsKnownAnyMore) {
  circuits.handle_opened(kFirst, kHere, now);
  ASSERT_EQ(circuits.size(), 1U);

  circuits.handle_closed(kHere);

  EXPECT_EQ(circuits.size(), 0U);
}

TEST_F(CircuitsTest, AHookThatNamesNewEndpointsForEverCostsBoundedMemory) {
  trip(kThere);
  EXPECT_FALSE(ask(kFirst, {kThere}));

  for (int i = 0; i < 2000; ++i) {
    now += 1s;
    trip("host" + std::to_string(i) + ":443");
  }

  EXPECT_THAT(circuits.size(), Le(256U));
  EXPECT_EQ(circuits.status(kThere), CircuitStatus::kOpen) << "somebody waits there";
  EXPECT_EQ(circuits.status("host1999:443"), CircuitStatus::kOpen);
}

TEST(CountsAgainstEndpointTest, WhatTheOtherSideOrTheWayThereHasDone) {
  EXPECT_TRUE(counts_against_endpoint(DisconnectKind::kConnectFailed));
  EXPECT_TRUE(counts_against_endpoint(DisconnectKind::kConnectTimeout));
  EXPECT_TRUE(counts_against_endpoint(DisconnectKind::kUpgradeRefused));
  EXPECT_FALSE(counts_against_endpoint(DisconnectKind::kHookFailed));
  EXPECT_FALSE(counts_against_endpoint(DisconnectKind::kReplaced));
  EXPECT_FALSE(counts_against_endpoint(DisconnectKind::kStopped));
}

}  // namespace
}  // namespace wsm
