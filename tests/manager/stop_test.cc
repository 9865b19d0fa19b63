// stop() from every state, and when something stands in its way.

#include <future>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

constexpr Duration kShort = 200ms;

class StopTest : public ManagerFixture {
 protected:
  /// A started manager for `url`.
  void start_for(const std::string& url) {
    make(url);
    ASSERT_TRUE(manager->start());
  }
  /// Makes `hook` hang from its call with number `from` on.
  void hang_in(std::string hook, int from = 1) {
    before = [gate = gate, hook = std::move(hook), from,
              calls = std::make_shared<std::atomic<int>>()](std::string_view it, auto) {
      if (it == hook && ++*calls >= from) gate->pass();
    };
  }
  /// stop() succeeds, long before its deadline.
  void expect_prompt_stop() {
    EXPECT_THAT(duration_of([&] { EXPECT_TRUE(manager->stop(kPatience)); }), Lt(kPatience / 2));
    expect_stopped();
  }
  /// stop() gives up by its deadline, with a reason that contains `why`.
  void expect_late_stop(std::string_view why) {
    Result<void> stopped;
    EXPECT_THAT(duration_of([&] { stopped = manager->stop(kShort); }), Lt(kPatience / 2));
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Errc::kTimeout);
    EXPECT_THAT(stopped.error().detail, HasSubstr(std::string{why}));
  }
  void expect_stopped() {
    EXPECT_FALSE(manager->is_running());
    EXPECT_EQ(notes().count<event::Stopped>(), 1U);
    EXPECT_EQ(snapshot().active_connections, 0U);
    EXPECT_EQ(manager->start().error().code, Errc::kStopped);
  }

  RawServer silent{[](RawConnection& connection) { connection.wait_until_closed(); }};
};

TEST_F(StopTest, EndsWhatWasNeverStarted) {
  make("ws://127.0.0.1:1");
  expect_prompt_stop();
}

TEST_F(StopTest, EndsADial) {
  BlackHole hole;
  start_for(hole.url());
  ASSERT_TRUE(
      journal().wait_for([](const Notes& notes) { return notes.calls_of("subprotocols") > 0; }));
  expect_prompt_stop();
}

TEST_F(StopTest, EndsAnUpgradeThatIsNotAnswered) {
  start_for(silent.url());
  ASSERT_TRUE(eventually([&] { return silent.accepted() == 1; }));
  expect_prompt_stop();
}

TEST_F(StopTest, EndsAnOpenConnectionByTheClosingHandshake) {
  start_live();

  expect_prompt_stop();

  EXPECT_TRUE(eventually([&] { return venue->counters().connections_closed == 1; }));
  ASSERT_THAT(notes().disconnects, SizeIs(1));
  EXPECT_EQ(notes().disconnects[0].reason.kind, DisconnectKind::kStopped);
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

TEST_F(StopTest, EndsABackoff) {
  RefusingPort port;
  backoff = {.initial_delay = 1h, .max_delay = 1h, .jitter = false};
  start_for(port.url());
  ASSERT_TRUE(wait_for_event<event::ReconnectScheduled>());
  expect_prompt_stop();
}

TEST_F(StopTest, EndsASuspension) {
  RefusingPort port;
  config.max_connect_attempts(1);
  backoff = {.initial_delay = 1h, .max_delay = 1h, .jitter = false};
  start_for(port.url());
  ASSERT_TRUE(wait_for_event<event::ShardSuspended>());
  ASSERT_TRUE(is_suspended());
  expect_prompt_stop();
}

TEST_F(StopTest, EndsASwitchover) {
  config.data_timeout(1h);
  initial = topics(1, 1);
  before = [&, calls = 0](std::string_view hook, auto) mutable {
    // The standby never gets data, so that the switchover goes on.
    if (hook == "on_connect" && ++calls == 2) venue->stop_publishing();
  };
  start_live();
  ASSERT_TRUE(manager->hot_switchover(ShardId{0}));
  ASSERT_TRUE(eventually([&] { return snapshot().active_connections == 2; }));

  expect_prompt_stop();

  EXPECT_TRUE(eventually([&] { return venue->counters().connections_closed == 2; }));
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

TEST_F(StopTest, WaitsForAHandlerThatIsBehindAndGivesItEverything) {
  config.queue_capacity(16);
  venue_options.messages_per_second = 20'000;
  hang_in("on_message");
  start();
  ASSERT_TRUE(eventually([&] { return logger->count("delivery queue full") > 0; }));
  auto stopped = std::async(std::launch::async, [&] { return manager->stop(kPatience); });
  ASSERT_TRUE(eventually(
      [&] { return manager->reconnect_shard(ShardId{77}).error().code == Errc::kStopped; }));

  gate->open();

  EXPECT_TRUE(stopped.get());
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
  expect_stopped();
}

TEST_F(StopTest, GivesUpAHandlerThatHangs) {
  hang_in("on_message");
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  expect_late_stop("on_message");
}

TEST_F(StopTest, GivesUpAHandlerThatHangsOnTheIoThread) {
  config.low_latency_mode(true);
  hang_in("on_message");
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  expect_late_stop("I/O thread");
}

TEST_F(StopTest, GivesUpARequestThatHangsOnTheIoThread) {
  hang_in("subscription_message");
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  expect_late_stop("I/O thread");
}

TEST_F(StopTest, GivesUpAUrlThatHangs) {
  hang_in("url");
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  expect_late_stop("hook");
  expect_stopped();
}

TEST_F(StopTest, GivesUpAGreetingThatHangs) {
  hang_in("on_connect");
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  expect_late_stop("hook");
  EXPECT_TRUE(eventually([&] { return venue->connections().empty(); }));
}

TEST_F(StopTest, GivesUpAServerThatDoesNotAnswerTheClosingHandshake) {
  RawServer deaf{[](RawConnection& connection) {
    if (connection.accept_upgrade()) connection.wait_until_closed();
  }};
  start_for(deaf.url());
  ASSERT_TRUE(manager->wait_until_live(kPatience));

  expect_late_stop("closing handshake");

  expect_stopped();
  EXPECT_THAT(notes().disconnects, SizeIs(1));
}

TEST_F(StopTest, OnceMoreAfterItGaveUpWaitsForTheRest) {
  hang_in("url");
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  expect_late_stop("hook");

  gate->open();

  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_EQ(notes().calls_of("connection_headers"), 0U);
}

TEST_F(StopTest, NoHookBeginsOnceItHasGivenUp) {
  hang_in("on_message");
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  ASSERT_TRUE(eventually([&] { return snapshot().queue_depth > 10; }));
  expect_late_stop("on_message");
  const auto calls = notes().calls_of("on_message");

  gate->open();

  ASSERT_TRUE(manager->stop(kPatience));
  EXPECT_EQ(notes().calls_of("on_message"), calls);
}

TEST_F(StopTest, NoHookIsCalledOnceItHasReturned) {
  before = [](std::string_view hook, auto) {
    if (hook == "on_disconnect" || hook == "on_event") throw 7;
  };
  for (const bool is_low_latency : {false, true}) {
    config.low_latency_mode(is_low_latency);
    start_live();
    ASSERT_TRUE(manager->stop(kPatience));
    const auto calls = notes().calls;

    // Whatever was on its way to the I/O thread has been there when this comes back.
    (void)snapshot();

    EXPECT_EQ(notes().calls, calls);
  }
}

TEST_F(StopTest, TwiceIsTheSameAsOnce) {
  start_live();

  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_TRUE(manager->stop(Duration::zero()));
  expect_stopped();
}

TEST_F(StopTest, FromManyThreadsAtOnceSucceedsInAll) {
  for (int round = 0; round < 5; ++round) {
    start_live();
    std::vector<std::future<Result<void>>> stops;
    for (int i = 0; i < 4; ++i) {
      stops.push_back(std::async(std::launch::async, [&] { return manager->stop(kPatience); }));
    }

    for (auto& stopped : stops) {
      const auto result = stopped.get();
      EXPECT_TRUE(result) << to_string(result.error());
    }
    expect_stopped();
  }
}

TEST_F(StopTest, TakesTheLongestDeadlineThatThereIs) {
  start_live();

  EXPECT_TRUE(manager->stop(Duration::max()));
  expect_stopped();
}

TEST_F(StopTest, WithoutTimeCutsOffWhatIsOpen) {
  start_live();

  EXPECT_EQ(manager->stop(Duration::zero()).error().code, Errc::kTimeout);
  expect_stopped();
}

TEST_F(StopTest, WithoutTimeEndsWhatNeedsNone) {
  make("ws://127.0.0.1:1");

  EXPECT_TRUE(manager->stop(Duration{-1s}));
  expect_stopped();
}

}  // namespace
}  // namespace wsm::testing
