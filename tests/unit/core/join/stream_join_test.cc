#include "core/join/stream_join.h"

#include "unit/core/join/join_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kNew;
using test::kOld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StreamJoinTest : public ::testing::Test {
 protected:
  StreamJoinTest() { make(IdentityKind::kPayload, Speech::kSpeaking); }

  void make(IdentityKind kind, Speech speech, std::optional<Identity> last = {}) {
    join.emplace(kOld, kind, last, speech);
    join->add_lane(kNew);
  }
  /// The payload is its own identity.
  JoinFate bring(ConnectionId connection, char payload, bool restarts = false) {
    const std::string text{payload};
    const JoinFate fate = join->handle(connection, test::text_message(text),
                                       static_cast<Identity>(payload), {.restarts = restarts}, now);
    if (fate == JoinFate::kDeliver) delivered += payload;
    take();
    return fate;
  }
  void bring_all(ConnectionId connection, std::string_view payloads) {
    for (const char payload : payloads) (void)bring(connection, payload);
  }
  void wait(Duration by) {
    now += by;
    join->handle_timeout(now);
    take();
  }
  void end(ConnectionId connection) {
    join->end_lane(connection, now);
    take();
  }
  void take() {
    while (const auto message = join->poll_released()) delivered += message->view().text();
  }

  TimePoint now{1h};
  std::optional<StreamJoin> join;
  std::string delivered;
};

TEST_F(StreamJoinTest, AFeedThatRepeatsOnePayloadForEverDoesNotFillTheMemory) {
  for (std::size_t i = 0; i < StreamJoin::kWaitingMax + 100; ++i) {
    now += 10ms;
    EXPECT_EQ(bring(kOld, 'a'), JoinFate::kDeliver);
    EXPECT_EQ(bring(kNew, 'a'), JoinFate::kHold);
    ASSERT_LE(join->held_bytes(), StreamJoin::kWaitingMax * HeldMessage::footprint(1));
  }

  EXPECT_EQ(delivered.size(), StreamJoin::kWaitingMax + 100);
}

/// 2,000 messages a second, and three seconds ahead.
TEST_F(StreamJoinTest, WhatIsAheadWaitsHoweverDenseTheFeedIs) {
  constexpr Identity kAhead = 6000;
  static_assert(kAhead > StreamJoin::kWaitingMax);
  for (Identity identity = 0; identity < kAhead; ++identity) {
    now += 500us;
    (void)join->handle(kNew, test::text_message("x"), identity, {}, now);
  }
  for (Identity identity = 0; identity < 3; ++identity) {
    (void)join->handle(kOld, test::text_message("x"), identity, {}, now);
  }
  take();

  EXPECT_TRUE(join->is_proven(kNew));
  EXPECT_EQ(delivered.size(), kAhead - 3) << "the three came at once";
}

TEST_F(StreamJoinTest, TakesOverWhereACopyIsBehind) {
  bring_all(kOld, "abcde");
  bring_all(kNew, "cde");
  EXPECT_TRUE(join->is_proven(kNew));

  end(kOld);
  bring_all(kNew, "fg");

  EXPECT_EQ(delivered, "abcdefg");
  EXPECT_EQ(join->duplicates(), 3U);
  EXPECT_TRUE(join->is_over());
}

TEST_F(StreamJoinTest, HoldsWhatIsAheadUntilTheOtherHasComeThere) {
  bring_all(kNew, "defgh");
  bring_all(kOld, "abc");
  EXPECT_EQ(delivered, "abc");
  EXPECT_FALSE(join->is_proven(kNew));

  bring_all(kOld, "def");

  EXPECT_EQ(delivered, "abcdefgh");
  EXPECT_TRUE(join->is_proven(kNew));
  EXPECT_EQ(join->held_bytes(), 0U);
}

TEST_F(StreamJoinTest, WhoeverComesFirstIsDelivered) {
  bring_all(kOld, "abc");
  bring_all(kNew, "abc");

  EXPECT_EQ(bring(kNew, 'd'), JoinFate::kDeliver);
  EXPECT_EQ(bring(kOld, 'd'), JoinFate::kDrop);
  EXPECT_EQ(bring(kOld, 'e'), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 'e'), JoinFate::kDrop);
}

TEST_F(StreamJoinTest, DeliversAllOfANewOneThatBeginsAfterAGap) {
  bring_all(kOld, "abc");
  bring_all(kNew, "fgh");
  EXPECT_EQ(delivered, "abc");

  end(kOld);

  EXPECT_EQ(delivered, "abcfgh");
  EXPECT_FALSE(join->is_proven(kNew)) << "nobody can say";
}

TEST_F(StreamJoinTest, DropsASnapshotWhileTheOtherServes) {
  bring_all(kOld, "ab");

  EXPECT_EQ(bring(kNew, 'S', /*restarts=*/true), JoinFate::kDrop);
}

TEST_F(StreamJoinTest, DropsInTimeWhatOnlyANewOneHas) {
  bring_all(kNew, "S");
  now += 1ms;
  bring_all(kOld, "abc");
  bring_all(kNew, "abc");
  EXPECT_FALSE(join->is_proven(kNew));

  wait(StreamJoin::kSettle);

  EXPECT_TRUE(join->is_proven(kNew));
  EXPECT_EQ(delivered, "abc");
}

TEST_F(StreamJoinTest, WaitsForASilentOneNoLongerThanItsTime) {
  bring_all(kNew, "x");
  EXPECT_EQ(join->next_deadline(), now + StreamJoin::kSettle);

  wait(StreamJoin::kSettle - 1ns);
  EXPECT_THAT(delivered, IsEmpty());
  wait(1ns);
  EXPECT_EQ(delivered, "x");
}

TEST_F(StreamJoinTest, DoesNotWaitForOneThatWasSilentBefore) {
  make(IdentityKind::kPayload, Speech::kSilent);

  bring_all(kNew, "x");

  EXPECT_EQ(delivered, "x");
}

TEST_F(StreamJoinTest, IsSureOfAKeyThatWasDeliveredBefore) {
  make(IdentityKind::kKey, Speech::kSpeaking, Identity{'a'});

  (void)bring(kNew, 'a');

  EXPECT_TRUE(join->is_proven(kNew));
  EXPECT_THAT(delivered, IsEmpty());
}

TEST_F(StreamJoinTest, BeginsAnewWithOneThatIsNotWhereItShouldBe) {
  bring_all(kOld, "abc");
  bring_all(kNew, "abc");
  bring_all(kOld, "defgh");

  EXPECT_EQ(bring(kNew, 'f'), JoinFate::kHold) << "it has missed two";
  EXPECT_FALSE(join->is_proven(kNew));
  bring_all(kNew, "gh");

  EXPECT_TRUE(join->is_proven(kNew));
  EXPECT_EQ(delivered, "abcdefgh");
}

TEST_F(StreamJoinTest, KeepsWhatADeadOneWasAheadWith) {
  bring_all(kOld, "a");
  bring_all(kNew, "cd");
  end(kNew);
  EXPECT_FALSE(join->is_over());

  end(kOld);

  EXPECT_EQ(delivered, "acd");
}

TEST_F(StreamJoinTest, BeginsAnewWithOneThatIsAskedAgain) {
  bring_all(kOld, "abc");
  bring_all(kNew, "abc");

  join->renew_lane(kNew);

  EXPECT_FALSE(join->is_proven(kNew));
  EXPECT_EQ(bring(kNew, 'd'), JoinFate::kHold);
}

/// What waits of its first time waits on, and neither is taken for the other.
TEST_F(StreamJoinTest, BeginsAnewWithOneThatHadEnded) {
  bring_all(kNew, "cd");
  end(kNew);

  join->add_lane(kNew);

  EXPECT_EQ(bring(kNew, 'g'), JoinFate::kHold);
  wait(1s);
  bring_all(kOld, "abcdefghi");
  bring_all(kNew, "hi");
  EXPECT_TRUE(join->is_proven(kNew));
  EXPECT_EQ(delivered, "abcdefghi");
  wait(StreamJoin::kSettle);
  EXPECT_EQ(join->held_bytes(), 0U);
}

TEST_F(StreamJoinTest, ForgetsWhatWaitsOfOneThatHasEnded) {
  bring_all(kNew, "cd");
  end(kNew);

  join->forget_held(now);

  EXPECT_EQ(join->held_bytes(), 0U);
  EXPECT_TRUE(join->is_over());
}

TEST_F(StreamJoinTest, ForgetsWhatWaitsAndTakesItFromTheOther) {
  bring_all(kNew, "def");

  join->forget_held(now);

  EXPECT_EQ(join->held_bytes(), 0U);
  bring_all(kOld, "abcdefghi");
  bring_all(kNew, "ghi");
  EXPECT_TRUE(join->is_proven(kNew));
  EXPECT_EQ(delivered, "abcdefghi");
}

TEST_F(StreamJoinTest, IsNotProvenBeforeItHasBroughtAnything) {
  EXPECT_TRUE(join->goes_on(kOld));
  EXPECT_FALSE(join->is_proven(kOld)) << "it has served, but is it still there?";

  bring_all(kOld, "a");

  EXPECT_TRUE(join->is_proven(kOld));
}

/// It says the same again and again, so that what was left behind could stand anywhere.
TEST_F(StreamJoinTest, WhatAnEndedOneHasLeftBehindIsLetGo) {
  bring_all(kOld, "aa");
  bring_all(kNew, "a");
  end(kNew);
  EXPECT_FALSE(join->is_over());

  for (int i = 0; i < 6; ++i) {
    wait(1s);
    bring_all(kOld, "a");
  }

  EXPECT_TRUE(join->is_over());
  EXPECT_EQ(delivered, "aaaaaaaa");
}

/// One that is silent while the other repeats one payload: where it stands will not be known.
TEST_F(StreamJoinTest, CandidatesDoNotGrowForEver) {
  bring_all(kNew, "a");
  const std::size_t many = Alignment::kHopeless + 2;
  for (std::size_t i = 0; i < many; ++i) {
    now += StreamJoin::kWaitingTime / static_cast<Duration::rep>(Alignment::kHopeless);
    EXPECT_EQ(bring(kOld, 'a'), JoinFate::kDeliver);
  }

  EXPECT_EQ(join->held_bytes(), 0U);
  EXPECT_EQ(delivered.size(), many);
}

/// A gap of which nobody has known, with all that is remembered on one side of it: each message for
/// itself would take minutes.
TEST_F(StreamJoinTest, AGuessTakesNoTimeHoweverMuchWaits) {
  Identity identity = 0;
  for (std::size_t i = 0; i < IdentityRing::kCapacity; ++i) {
    (void)join->handle(kOld, test::text_message("x"), ++identity, {}, now);
  }
  const std::size_t many = 20'000;
  for (std::size_t i = 0; i < many; ++i) {
    (void)join->handle(kNew, test::text_message("x"), ++identity, {}, now);
  }

  wait(StreamJoin::kSettle);

  EXPECT_EQ(delivered.size(), many) << "all of it may have come after a gap";
}

TEST_F(StreamJoinTest, WhatHasBeenPassedOverGoesAtOnceHoweverMuchItIs) {
  Identity identity = 0;
  const std::size_t many = 20'000;
  for (std::size_t i = 0; i < many; ++i) {
    (void)join->handle(kNew, test::text_message("x"), ++identity, {}, now);
  }
  now += 1ms;
  for (std::size_t i = 0; i < IdentityRing::kCapacity; ++i) {
    (void)join->handle(kOld, test::text_message("x"), ++identity, {}, now);
  }

  wait(StreamJoin::kSettle);

  EXPECT_EQ(join->held_bytes(), 0U);
}

/// As with redundancy, where a join lasts.
class StreamJoinMemoryTest : public StreamJoinTest {
 protected:
  /// Both bring the same, `lag` behind each other, a hundred a second.
  void go_on(Duration time, std::uint64_t lag = 0) {
    const TimePoint end = now + time;
    for (; now < end; now += 10ms, ++next) {
      (void)bring_identity(kOld, next);
      if (next > lag) (void)bring_identity(kNew, next - lag);
      take();
    }
  }
  JoinFate bring_identity(ConnectionId connection, Identity identity) {
    return join->handle(connection, test::text_message("x"), identity, {}, now);
  }

  static constexpr std::uint64_t kRemembered = 2 * 100 * (StreamJoin::kHistory / 1s);
  Identity next = 1;
};

TEST_F(StreamJoinMemoryTest, RemembersNoMoreThanALaneMayBeBehind) {
  for (int minute = 0; minute < 60; ++minute) {
    go_on(1min);
    ASSERT_LE(join->remembered(), kRemembered + 1);
  }
}

TEST_F(StreamJoinMemoryTest, RemembersAllThatALaneHasNotComeTo) {
  constexpr std::uint64_t kLag = 5'000;
  static_assert(kLag > kRemembered);
  (void)bring_identity(kOld, next++);
  go_on(10min, kLag);

  EXPECT_GE(join->remembered(), kLag);
  EXPECT_LE(join->remembered(), kLag + kRemembered);
}

TEST_F(StreamJoinMemoryTest, OneThatComesBackMayBeBehind) {
  go_on(10min);
  join->end_lane(kNew, now);
  go_on(1s);
  constexpr ConnectionId kThird{ShardId{1}, Generation{1}};
  join->add_lane(kThird);

  constexpr std::uint64_t kBehind = 100 * (StreamJoin::kHistory / 1s) - 1;
  for (std::uint64_t i = 0; i < 3; ++i) (void)bring_identity(kThird, next - kBehind + i);

  EXPECT_TRUE(join->is_proven(kThird));
}

}  // namespace
}  // namespace wsm
