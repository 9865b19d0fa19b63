#include "core/health/keepalive.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/health/pause.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::_;
using ::testing::Field;
using ::testing::Optional;
using ::testing::VariantWith;

class KeepaliveTest : public ::testing::Test {
 protected:
  void make(const Keepalive::Options& options) { keepalive.emplace(options, now); }

  std::optional<Keepalive::Action> after(Duration by) {
    now += by;
    keepalive->handle_timeout(now);
    auto action = keepalive->poll_action();
    EXPECT_EQ(keepalive->poll_action(), std::nullopt) << "one action at a time";
    return action;
  }

  static auto ping(std::uint64_t payload) {
    return Optional(
        VariantWith<Keepalive::SendPing>(Field(&Keepalive::SendPing::payload, payload)));
  }
  static auto dead(Duration silence) {
    return Optional(
        VariantWith<Keepalive::DeclareDead>(Field(&Keepalive::DeclareDead::silence, silence)));
  }

  TimePoint now{1h};
  const Keepalive::Options strict{
      .ping_interval = 20s, .pong_timeout = 10s, .failure_threshold = 1};
  std::optional<Keepalive> keepalive;
};

TEST_F(KeepaliveTest, PutsOffAPingThatHasNoSlot) {
  make(strict);

  keepalive->postpone_ping(now + 25s, now);

  EXPECT_EQ(after(25s - 1ns), std::nullopt);
  EXPECT_THAT(after(1ns), ping(1));
  EXPECT_EQ(after(10s - 1ns), std::nullopt);
  EXPECT_THAT(after(1ns), dead(35s));
}

TEST_F(KeepaliveTest, SaysThatAPingIsLateFromItsTimeUntilItGoes) {
  make(strict);
  keepalive->postpone_ping(now + 25s, now);
  EXPECT_FALSE(keepalive->is_ping_late());

  now += 25s;
  keepalive->postpone_ping(now + 1s, now);
  EXPECT_TRUE(keepalive->is_ping_late());

  EXPECT_THAT(after(1s), ping(1));
  EXPECT_FALSE(keepalive->is_ping_late());
}

TEST_F(KeepaliveTest, PingsAtItsPaceWhenTheSlotIsEarlier) {
  make(strict);

  keepalive->postpone_ping(now + 19s, now);

  EXPECT_THAT(after(20s), ping(1));
}

TEST_F(KeepaliveTest, PingsAtTheIntervalAndNotBefore) {
  make({.ping_interval = 20s, .pong_timeout = 10s});

  EXPECT_EQ(after(20s - 1ns), std::nullopt);
  EXPECT_THAT(after(1ns), ping(1));
}

TEST_F(KeepaliveTest, AnnouncesTheNextPingAsItsDeadline) {
  make({.ping_interval = 20s, .pong_timeout = {}});

  EXPECT_EQ(keepalive->next_deadline(), now + 20s);
}

TEST_F(KeepaliveTest, NeverPingsWithoutAnInterval) {
  make({.ping_interval = {}, .pong_timeout = 10s});

  EXPECT_EQ(keepalive->next_deadline(), std::nullopt);
  EXPECT_EQ(after(1000h), std::nullopt);
}

TEST_F(KeepaliveTest, KeepsItsPaceWhateverTheAnswersAre) {
  make({.ping_interval = 20s, .pong_timeout = 10s});

  EXPECT_THAT(after(20s), ping(1));
  now += 9s;
  keepalive->handle_pong(1, now);
  EXPECT_THAT(after(11s), ping(2));
  keepalive->handle_pong(2, now);
  EXPECT_THAT(after(20s), ping(3));
}

TEST_F(KeepaliveTest, MissesAPongAtTheTimeoutAndNotBefore) {
  make({.ping_interval = 20s, .pong_timeout = 10s, .failure_threshold = 2});
  (void)after(20s);

  EXPECT_EQ(after(10s - 1ns), std::nullopt);
  EXPECT_EQ(keepalive->missed(), 0U);
  EXPECT_EQ(after(1ns), std::nullopt);
  EXPECT_EQ(keepalive->missed(), 1U);
}

TEST_F(KeepaliveTest, DeclaresDeadAtTheThresholdWithTheSilenceSinceTheOpening) {
  make(strict);
  (void)after(20s);

  EXPECT_EQ(after(10s - 1ns), std::nullopt);
  EXPECT_THAT(after(1ns), dead(30s));
}

TEST_F(KeepaliveTest, DeclaresDeadOnlyAfterAsManyMissesInARowAsTheThreshold) {
  make({.ping_interval = 20s, .pong_timeout = 10s, .failure_threshold = 3});

  EXPECT_THAT(after(20s), ping(1));
  EXPECT_EQ(after(10s), std::nullopt);
  EXPECT_THAT(after(10s), ping(2));
  EXPECT_EQ(after(10s), std::nullopt);
  EXPECT_THAT(after(10s), ping(3));
  EXPECT_THAT(after(10s), dead(70s));
}

TEST_F(KeepaliveTest, DoubtsOnceWhenOneMissIsLeft) {
  make({.ping_interval = 20s, .pong_timeout = 10s, .failure_threshold = 3});
  for (const Duration by : {20s, 10s, 10s}) (void)after(by);
  EXPECT_FALSE(keepalive->take_doubt()) << "two are left";

  EXPECT_EQ(after(10s), std::nullopt);

  EXPECT_TRUE(keepalive->take_doubt());
  EXPECT_FALSE(keepalive->take_doubt());
}

TEST_F(KeepaliveTest, DoubtsNothingWhereOneMissIsEnough) {
  make(strict);
  for (const Duration by : {20s, 10s}) (void)after(by);

  EXPECT_FALSE(keepalive->take_doubt());
}

TEST_F(KeepaliveTest, CountsMissesAnewAfterAnAnswer) {
  make({.ping_interval = 20s, .pong_timeout = 10s, .failure_threshold = 2});
  (void)after(20s);
  (void)after(10s);
  EXPECT_THAT(after(10s), ping(2));

  keepalive->handle_pong(2, now);

  EXPECT_EQ(keepalive->missed(), 0U);
  EXPECT_THAT(after(20s), ping(3));
  EXPECT_EQ(after(10s), std::nullopt);
}

TEST_F(KeepaliveTest, SaysNothingMoreOnceItHasDeclaredDead) {
  make(strict);
  (void)after(20s);
  (void)after(10s);

  EXPECT_EQ(keepalive->next_deadline(), std::nullopt);
  EXPECT_EQ(after(1000h), std::nullopt);
}

TEST_F(KeepaliveTest, MeasuresTheSilenceFromTheLastAnswer) {
  make(strict);
  (void)after(20s);
  now += 3s;
  keepalive->handle_pong(1, now);

  EXPECT_THAT(after(17s), ping(2));
  EXPECT_THAT(after(10s), dead(27s));
}

TEST_F(KeepaliveTest, MeasuresTheRoundTrip) {
  make(strict);
  EXPECT_EQ(keepalive->last_round_trip(), std::nullopt);
  (void)after(20s);

  now += 42ms;
  keepalive->handle_pong(1, now);

  EXPECT_EQ(keepalive->last_round_trip(), 42ms);
}

TEST_F(KeepaliveTest, IgnoresALateAnswerToAnOlderPing) {
  make({.ping_interval = 20s, .pong_timeout = 10s, .failure_threshold = 2});
  (void)after(20s);
  (void)after(10s);
  EXPECT_THAT(after(10s), ping(2));

  keepalive->handle_pong(1, now);

  EXPECT_EQ(keepalive->missed(), 1U);
  EXPECT_THAT(after(10s), dead(50s));
}

TEST_F(KeepaliveTest, IgnoresAPongThatNobodyAskedFor) {
  make(strict);

  keepalive->handle_pong(0, now);
  keepalive->handle_pong(std::nullopt, now);

  EXPECT_EQ(keepalive->last_round_trip(), std::nullopt);
  EXPECT_EQ(keepalive->next_deadline(), now + 20s);
}

TEST_F(KeepaliveTest, TakesAnAnswerInTextForThePingUnderWay) {
  make(strict);
  (void)after(20s);

  now += 5s;
  keepalive->handle_pong(std::nullopt, now);

  EXPECT_EQ(keepalive->last_round_trip(), 5s);
  EXPECT_THAT(after(15s), ping(2));
}

TEST_F(KeepaliveTest, HasOnePingUnderWayWhenTheTimeoutIsLongerThanTheInterval) {
  make({.ping_interval = 20s, .pong_timeout = 50s, .failure_threshold = 1});
  EXPECT_THAT(after(20s), ping(1));

  EXPECT_EQ(after(20s), std::nullopt);
  EXPECT_EQ(after(20s), std::nullopt);
  EXPECT_EQ(after(10s - 1ns), std::nullopt);
  EXPECT_THAT(after(1ns), dead(70s));
}

TEST_F(KeepaliveTest, PingsAgainAtTheInstantAtWhichTheLastOneIsMissed) {
  make({.ping_interval = 20s, .pong_timeout = 20s, .failure_threshold = 2});
  EXPECT_THAT(after(20s), ping(1));

  EXPECT_THAT(after(20s), ping(2));
  EXPECT_EQ(keepalive->missed(), 1U);
  EXPECT_THAT(after(20s), dead(60s));
}

TEST_F(KeepaliveTest, PingsOnAndNeverJudgesWithoutAPongTimeout) {
  make({.ping_interval = 20s, .pong_timeout = {}, .failure_threshold = 1});

  EXPECT_THAT(after(20s), ping(1));
  EXPECT_THAT(after(20s), ping(2));
  keepalive->handle_pong(1, now);
  EXPECT_EQ(keepalive->last_round_trip(), std::nullopt);
  keepalive->handle_pong(2, now);
  EXPECT_EQ(keepalive->last_round_trip(), 0s);
}

TEST_F(KeepaliveTest, MissesNothingWhilePaused) {
  make(strict);
  (void)after(20s);

  keepalive->pause(now);

  EXPECT_THAT(after(1h), ping(2));
  EXPECT_EQ(keepalive->missed(), 0U);
}

TEST_F(KeepaliveTest, GivesThePongTheTimeThatWasLeftBeforeAPause) {
  make({.ping_interval = 1h, .pong_timeout = 10s, .failure_threshold = 1});
  (void)after(1h);
  now += 7s;
  keepalive->pause(now);
  now += 10min;

  keepalive->resume(now);

  EXPECT_EQ(after(3s - 1ns), std::nullopt);
  EXPECT_THAT(after(1ns), dead(1h + 10min + 10s));
}

TEST_F(KeepaliveTest, FindsADeadConnectionBetweenPausesThatFollowEachOther) {
  make({.ping_interval = 1h, .pong_timeout = 10s, .failure_threshold = 1});
  (void)after(1h);

  for (int pause = 0; pause < 9; ++pause) {
    EXPECT_EQ(after(1s), std::nullopt);
    keepalive->pause(now);
    now += 5s;
    keepalive->resume(now);
  }

  EXPECT_THAT(after(1s), dead(1h + 10s + 9 * 5s));
}

TEST_F(KeepaliveTest, GivesAMomentToReadThePongThatCameInAPause) {
  make({.ping_interval = 1h, .pong_timeout = 10s, .failure_threshold = 1});
  (void)after(1h);
  now += 10s - 1ns;
  keepalive->pause(now);
  now += 1s;

  keepalive->resume(now);

  EXPECT_EQ(keepalive->next_deadline(), now + kReadingTime);
}

TEST_F(KeepaliveTest, KeepsPingingWhilePausedAndWaitsForAnyOfThem) {
  make(strict);
  keepalive->pause(now);

  EXPECT_THAT(after(20s), ping(1));
  EXPECT_THAT(after(20s), ping(2));
  keepalive->resume(now);
  EXPECT_FALSE(keepalive->handle_pong(3, now));
  EXPECT_TRUE(keepalive->handle_pong(2, now));
}

TEST_F(KeepaliveTest, PingsInPausesDoNotKeepADeadConnectionFromBeingFound) {
  make(strict);
  EXPECT_THAT(after(20s), ping(1));
  now += 9s;
  for (int pause = 2; pause < 5; ++pause) {  // Each long enough for a ping.
    keepalive->pause(now);
    EXPECT_THAT(after(20s), ping(static_cast<std::uint64_t>(pause)));
    keepalive->resume(now);
    now += 300ms;
  }

  EXPECT_THAT(after(100ms), dead(90s));
}

TEST_F(KeepaliveTest, HasNothingToJudgeAfterAPauseWithoutAPing) {
  make(strict);
  keepalive->pause(now);
  now += 1s;

  keepalive->resume(now);

  EXPECT_EQ(keepalive->next_deadline(), now + 19s);
}

}  // namespace
}  // namespace wsm
