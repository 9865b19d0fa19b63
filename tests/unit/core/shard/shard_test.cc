// A Shard by itself, with its Outbox: its table of moves, and what it refuses.

#include "core/shard/shard.h"

#include <chrono>
#include <cstring>
#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_entropy.h"
#include "support/fixed_rng.h"
#include "support/frames.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::FakeEntropy;
using test::FixedRng;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Status = ShardStatus;
using Moves = std::set<std::pair<Status, Status>>;

class ShardTest : public ::testing::Test {
 protected:
  ShardTest() {
    settings.max_connect_attempts = 2;
    settings.hot_switchover = false;
    make();
  }
  void make() {
    entropy = {};
    out = {};
    governor.emplace(ConnectGovernor::Options{});
    circuits.emplace(CircuitBreaker::Options{}, rng, out);
    ledger.emplace(Ledger::Options{}, out);
    (void)sources.take(ShardId{0}, now);
    shard.emplace(ShardId{0},
                  ShardEnvironment{settings, rng, entropy, out, *governor, budget, *circuits,
                                   proxies, sources, *ledger, joins, feed, copies, renewals});
    newest = 0;
  }

  Generation generation() const { return Generation{newest}; }

  /// Brings the newest connection up to its TCP. The shard has just made it.
  void dial() {
    ++newest;
    shard->handle_prepared(generation(), Preparation{.url = "ws://venue.test/"}, now);
    shard->handle_dialed(generation(), now);
  }
  /// Brings it to life.
  void come_alive() {
    dial();
    receive(test::upgrade_response("key-" + std::to_string(entropy.handshakes())));
    shard->handle_greeted(generation(), std::vector<OutgoingMessage>{}, now);
  }
  void receive(std::string_view bytes) {
    std::vector<std::byte> buffer(MessageReader::kSharedMin);
    Connection& connection = *shard->connection(generation());
    (void)connection.prepare_receive(buffer);
    std::memcpy(buffer.data(), bytes.data(), bytes.size());
    connection.commit_receive(bytes.size(), now);
    EXPECT_FALSE(connection.poll_message());
    shard->handle_received(generation(), now);
  }
  void be_redirected() {
    dial();
    receive("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n");
  }
  void fail_attempt() {
    ++newest;
    shard->handle_transport_ended(generation(), {.kind = DisconnectKind::kConnectFailed}, now);
  }
  /// The connection is lost, but its closing handshake is not over yet.
  void lose() { receive(test::server_close(1001)); }
  void close() { shard->close({.kind = DisconnectKind::kStopped}, now); }
  void wait(Duration by) {
    now += by;
    shard->handle_timeout(now);
  }
  void say_stop() { shard->handle_error_answer(generation(), ErrorAnswer::kStop, now); }

  void go_to(Status status) {
    make();
    if (status == Status::kIdle) return;
    shard->open(now);
    if (status == Status::kConnecting) return;
    come_alive();
    if (status == Status::kLive) return;
    if (status == Status::kClosing) return close();
    lose();
    if (status == Status::kBackingOff) return;
    say_stop();
  }

  /// `from`, then what `happens`.
  template <class Happens>
  void record(Moves& moves, Status from, Happens happens) {
    go_to(from);
    ASSERT_EQ(shard->status(), from);
    happens();
    moves.emplace(from, shard->status());
  }

  TimePoint now{1h};
  ShardSettings settings;
  FixedRng rng{FixedRng::Draw::kHighest};
  FakeEntropy entropy;
  Outbox out;
  SubscriptionBudget budget{std::nullopt};
  std::optional<ConnectGovernor> governor;
  std::optional<Circuits> circuits;
  std::optional<Ledger> ledger;
  ProxyRotation proxies{{}, {}, rng};
  SourceAddresses sources{0, 0, {}, rng};
  Joins joins{{}, out};
  FeedKnowledge feed;
  Copies copies;
  RenewalSchedule renewals;
  std::optional<Shard> shard;
  Generation::rep newest = 0;
};

TEST_F(ShardTest, EveryRowOfTheTableIsReached) {
  Moves moves;
  record(moves, Status::kIdle, [&] { shard->open(now); });
  record(moves, Status::kIdle, [&] { close(); });
  record(moves, Status::kConnecting, [&] { come_alive(); });
  record(moves, Status::kConnecting, [&] { be_redirected(); });
  record(moves, Status::kConnecting, [&] { fail_attempt(); });
  record(moves, Status::kLive, [&] { (void)shard->reconnect(now); });
  record(moves, Status::kLive, [&] { lose(); });
  record(moves, Status::kLive, [&] { close(); });
  record(moves, Status::kBackingOff, [&] { wait(30s); });
  record(moves, Status::kBackingOff, [&] { say_stop(); });
  record(moves, Status::kBackingOff, [&] { close(); });
  record(moves, Status::kSuspended, [&] { (void)shard->reconnect(now); });
  record(moves, Status::kSuspended, [&] { close(); });
  record(moves, Status::kClosing, [&] { wait(5s); });
  settings.max_connect_attempts = 1;
  record(moves, Status::kConnecting, [&] { fail_attempt(); });
  record(moves, Status::kLive, [&] { lose(); });

  // An old connection that still drains keeps a shard from being closed at once.
  go_to(Status::kLive);
  (void)shard->reconnect(now);
  close();
  moves.emplace(Status::kConnecting, shard->status());

  Moves table;
  for (const auto& row : kShardTransitions) table.emplace(row.from, row.to);
  EXPECT_EQ(moves, table);
}

TEST_F(ShardTest, CountsAFailedAttemptLikeALostConnection) {
  go_to(Status::kBackingOff);
  wait(30s);
  ASSERT_EQ(shard->status(), Status::kConnecting);

  fail_attempt();

  EXPECT_EQ(shard->status(), Status::kSuspended) << "two are allowed";
}

TEST_F(ShardTest, IsClosedAtOnceWhereNothingHasToBeClosed) {
  for (const Status from : {Status::kIdle, Status::kConnecting}) {
    go_to(from);

    close();

    EXPECT_EQ(shard->status(), Status::kClosed) << to_string(from);
    EXPECT_EQ(shard->next_deadline(), std::nullopt);
  }
}

TEST_F(ShardTest, IgnoresEverythingOnceItIsClosed) {
  go_to(Status::kClosing);
  shard->abort(now);
  ASSERT_EQ(shard->status(), Status::kClosed);
  const std::size_t events = out.events.size();

  (void)shard->reconnect(now);
  close();
  say_stop();
  wait(1h);

  EXPECT_EQ(shard->status(), Status::kClosed);
  EXPECT_EQ(out.events.size(), events);
}

TEST_F(ShardTest, ClosesTheTransportOfEachConnectionOnce) {
  go_to(Status::kLive);
  (void)shard->reconnect(now);
  close();
  shard->abort(now);
  shard->abort(now);

  std::vector<Generation::rep> closed;
  while (const auto wanted = out.take_action()) {
    if (const auto* close = std::get_if<action::CloseTransport>(&*wanted)) {
      closed.push_back(close->connection.generation.value());
    }
  }
  EXPECT_THAT(closed, ::testing::UnorderedElementsAre(1, 2));
}

TEST_F(ShardTest, ReleasesAtOnceWhatNoConnectionHolds) {
  EXPECT_TRUE(shard->subscribe(SubscriptionId{1}, now));
  shard->unsubscribe(SubscriptionId{1}, now);

  EXPECT_THAT(shard->take_released(), ElementsAre(SubscriptionId{1}));
  EXPECT_THAT(shard->take_released(), IsEmpty());
}

TEST_F(ShardTest, DoesNotBeginToHoldWhatItHasNotReleased) {
  shard->subscribe(SubscriptionId{1}, now);
  shard->open(now);
  come_alive();
  shard->handle_rendered(generation(), std::optional<OutgoingMessage>{}, now);
  shard->unsubscribe(SubscriptionId{1}, now);

  EXPECT_FALSE(shard->subscribe(SubscriptionId{1}, now));

  EXPECT_THAT(shard->take_released(), IsEmpty());
}

TEST_F(ShardTest, KeepsTheConnectionsThatAreOverUntilTheyAreDiscarded) {
  go_to(Status::kConnecting);
  Connection* connection = shard->connection(Generation{1});

  close();

  EXPECT_EQ(shard->connection(Generation{1}), nullptr) << "not found any more";
  EXPECT_TRUE(connection->is_closed()) << "but still there for whoever holds it";
  shard->discard_closed();
}

TEST_F(ShardTest, HasAWordForEachStatus) {
  std::set<std::string_view> words;
  for (const auto& row : kShardTransitions) words.insert(to_string(row.from));
  words.insert(to_string(Status::kClosed));
  EXPECT_EQ(words.size(), 7U);
  EXPECT_FALSE(words.contains("unknown"));
}

using ShardDeathTest = ShardTest;

TEST_F(ShardDeathTest, CannotBeOpenedTwice) {
  go_to(Status::kConnecting);

  EXPECT_DEATH(shard->open(now), "kIdle");
}

TEST_F(ShardDeathTest, TakesNoSubscriptionWhenItCloses) {
  go_to(Status::kClosing);

  EXPECT_DEATH(shard->subscribe(SubscriptionId{1}, now), "is_ending");
}

}  // namespace
}  // namespace wsm
