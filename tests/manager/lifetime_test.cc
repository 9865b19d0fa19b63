// What outlives what: managers, handlers, senders, metrics and hooks that hang.

#include <atomic>
#include <functional>
#include <thread>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::Lt;

class LifetimeTest : public ManagerFixture {
 protected:
  /// The sender of the first message.
  [[nodiscard]] Sender first_sender() {
    before = [this](std::string_view hook, const ConnectionState* state) {
      if (hook == "on_message" && !is_known.exchange(true)) sender = state->sender();
    };
    start_live();
    return sender;
  }

  std::atomic<bool> is_known = false;
  Sender sender;
};

TEST_F(LifetimeTest, AManagerThatIsNeverStartedGoesAtOnce) {
  for (int i = 0; i < 20; ++i) make("ws://127.0.0.1:1");

  EXPECT_THAT(duration_of([&] { manager.reset(); }), Lt(kPatience / 2));
}

TEST_F(LifetimeTest, AManagerMayGoRightAfterItsStart) {
  start_venue();
  for (int i = 0; i < 20; ++i) {
    make(venue->url());
    ASSERT_TRUE(manager->start());
  }
  manager.reset();

  EXPECT_TRUE(eventually([&] { return venue->connections().empty(); }));
}

TEST_F(LifetimeTest, DestructionClosesByTheClosingHandshake) {
  start_live();

  manager.reset();

  EXPECT_TRUE(eventually([&] { return venue->counters().connections_closed == 1; }));
  EXPECT_EQ(venue->counters().connections_lost, 0U);
  EXPECT_TRUE(std::holds_alternative<event::Stopped>(notes().events.back()));
}

TEST_F(LifetimeTest, TheHandlerIsLetGo) {
  start_live();
  const std::weak_ptr<TestHandler> watch = handler;

  manager.reset();
  handler.reset();

  EXPECT_TRUE(eventually([&] { return watch.expired(); }));
}

TEST_F(LifetimeTest, ASenderReachesItsConnection) {
  const Sender to_first = first_sender();

  EXPECT_TRUE(to_first.send(OutgoingMessage::text("no request")));
  EXPECT_TRUE(eventually([&] { return venue->counters().requests_in_error == 1; }));
}

TEST_F(LifetimeTest, ASenderEndsWithItsConnectionAndNotWithTheShard) {
  const Sender to_first = first_sender();

  ASSERT_TRUE(manager->reconnect_shard(ShardId{0}));
  ASSERT_TRUE(wait_for_event<event::Connected>(2));

  EXPECT_EQ(to_first.send(OutgoingMessage::text("x")).error().code, Errc::kNotConnected);
  EXPECT_TRUE(manager->send(ShardId{0}, OutgoingMessage::text("no request")));
}

TEST_F(LifetimeTest, ASenderOutlivesTheManager) {
  const Sender to_first = first_sender();

  manager.reset();

  EXPECT_EQ(to_first.send(OutgoingMessage::text("x")).error().code, Errc::kStopped);
}

TEST_F(LifetimeTest, ASenderKnowsThatTheManagerIsGoneWhileItsMetricsStay) {
  const Sender to_first = first_sender();
  const Metrics metrics = manager->metrics();

  manager.reset();

  EXPECT_EQ(to_first.send(OutgoingMessage::text("x")).error().code, Errc::kStopped);
}

TEST_F(LifetimeTest, ASenderOfNobodySaysSo) {
  EXPECT_EQ(Sender{}.send(OutgoingMessage::text("x")).error().code, Errc::kStopped);
}

TEST_F(LifetimeTest, MetricsCountOnAfterStopAndAfterTheManagerIsGone) {
  start_live();
  ASSERT_TRUE(manager->stop(kPatience));
  const Metrics metrics = manager->metrics();
  const Counters last = metrics.snapshot().counters;

  manager.reset();

  EXPECT_EQ(metrics.snapshot().counters, last);
  EXPECT_EQ(last.connections, 1U);
  EXPECT_EQ(last.messages_received, notes().messages.size());
  EXPECT_EQ(metrics.snapshot().active_connections, 0U);
}

TEST_F(LifetimeTest, WhoeverAsksWhileTheManagerGoesGetsAnAnswer) {
  start_venue();
  for (int round = 0; round < 30; ++round) {
    make(venue->url());
    ASSERT_TRUE(manager->start());
    std::atomic<bool> is_over = false;
    std::thread reader{[&, metrics = manager->metrics()] {
      while (!is_over) (void)metrics.snapshot();
    }};

    manager.reset();

    is_over = true;
    reader.join();
  }
}

TEST_F(LifetimeTest, AHookMaySendWhileTheManagerGoes) {
  for (const bool is_low_latency : {false, true}) {
    config.low_latency_mode(is_low_latency);
    before = [](std::string_view, const ConnectionState* state) {
      if (state) (void)state->sender().send(OutgoingMessage::text("no request"));
    };
    start_live();

    EXPECT_THAT(duration_of([&] { manager.reset(); }), Lt(kPatience / 2));
  }
}

TEST_F(LifetimeTest, ASlowHandlerIsNotCalledOnceTheManagerIsGone) {
  before = [gate = gate](std::string_view hook, auto) {
    if (hook == "on_message") gate->pass();
  };
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  ASSERT_TRUE(eventually([&] { return snapshot().queue_depth > 10; }));

  manager.reset();
  gate->open();

  const std::weak_ptr<TestHandler> watch = handler;
  const auto kept = std::move(handler);
  EXPECT_TRUE(eventually([&] { return kept.use_count() == 1; }));
  EXPECT_EQ(kept->journal.read().calls_of("on_message"), 1U);
}

TEST_F(LifetimeTest, DestructionIsBoundedAndSafeWhileHooksHang) {
  struct Case {
    const char* hook;
    bool is_low_latency;
  };
  std::vector<std::thread> destructions;
  std::vector<std::weak_ptr<TestHandler>> handlers;
  before = nullptr;
  start_venue();
  for (const Case& it :
       {Case{"on_message", false}, Case{"on_message", true}, Case{"url", false},
        Case{"on_connect", false}, Case{"on_event", false}, Case{"subscription_message", false}}) {
    const auto reached = std::make_shared<Gate>();
    before = [gate = gate, reached, hook = std::string{it.hook}](std::string_view called, auto) {
      if (called != hook) return;
      reached->open();
      gate->pass();
    };
    config.low_latency_mode(it.is_low_latency);
    make(venue->url());
    ASSERT_TRUE(manager->start());
    reached->pass();
    handlers.emplace_back(std::exchange(handler, nullptr));
    destructions.emplace_back(
        [gone = std::shared_ptr<Manager>{std::move(manager)}]() mutable { gone.reset(); });
  }

  EXPECT_THAT(duration_of([&] {
                for (auto& it : destructions) it.join();
              }),
              Lt(kPatience));

  gate->open();
  for (const auto& watch : handlers) EXPECT_TRUE(eventually([&] { return watch.expired(); }));
}

}  // namespace
}  // namespace wsm::testing
