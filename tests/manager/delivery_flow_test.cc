// How messages reach the handler: in order, on which thread, and what a slow handler does.

#include <atomic>
#include <set>
#include <thread>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Which thread each hook ran on.
class DeliveryThreadTest : public ManagerFixture {
 protected:
  void start_noting_threads() {
    before = [this](std::string_view hook, auto) {
      const std::lock_guard lock{mutex};
      threads[std::string{hook}].insert(std::this_thread::get_id());
    };
    start_live();
    ASSERT_TRUE(wait_for_data(200));
    ASSERT_TRUE(manager->stop(kPatience));
  }

  std::mutex mutex;
  std::map<std::string, std::set<std::thread::id>> threads;
};

TEST_F(DeliveryThreadTest, AQueueBringsMessagesAndEventsOnOneThreadOfTheirOwn) {
  start_noting_threads();

  EXPECT_THAT(threads["on_message"], SizeIs(1));
  EXPECT_EQ(threads["on_event"], threads["on_message"]);
  EXPECT_EQ(threads["on_disconnect"], threads["on_message"]);
  EXPECT_NE(threads["is_data_message"], threads["on_message"]);
  EXPECT_FALSE(threads["on_message"].contains(std::this_thread::get_id()));
}

TEST_F(DeliveryThreadTest, LowLatencyBringsMessagesOnTheIoThreadItself) {
  config.low_latency_mode(true);
  start_noting_threads();

  EXPECT_THAT(threads["on_message"], SizeIs(1));
  EXPECT_EQ(threads["on_message"], threads["is_data_message"]);
  EXPECT_EQ(threads["on_event"], threads["is_data_message"]);
  EXPECT_EQ(threads["on_disconnect"], threads["is_data_message"]);
  EXPECT_FALSE(threads["on_message"].contains(std::this_thread::get_id()));
}

TEST_F(DeliveryThreadTest, HooksThatMayBlockNeverRunOnTheIoThread) {
  start_noting_threads();

  const std::thread::id io_thread = *threads["is_data_message"].begin();
  for (const char* hook : {"url", "connection_headers", "subprotocols", "on_connect"}) {
    EXPECT_FALSE(threads[hook].contains(io_thread)) << hook;
  }
  EXPECT_EQ(threads["subscriptions"], std::set{std::this_thread::get_id()});
}

using DeliveryFlowTest = ManagerFixture;

TEST_F(DeliveryFlowTest, EachConnectionKeepsItsOrderAndNothingIsMissing) {
  for (const bool is_low_latency : {false, true}) {
    SCOPED_TRACE(is_low_latency);
    config.max_subscriptions_per_shard(4).low_latency_mode(is_low_latency);
    initial = topics(1, 12);
    start_live();

    ASSERT_TRUE(wait_for_data(1'000));

    ASSERT_TRUE(manager->stop(kPatience));
    EXPECT_THAT(disordered(notes()), IsEmpty());
    EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
    EXPECT_EQ(notes().messages.size(), snapshot().counters.messages_received);
  }
}

TEST_F(DeliveryFlowTest, OnDisconnectAndTheEventOfTheEndComeBeforeStopReturns) {
  for (const bool is_low_latency : {false, true}) {
    SCOPED_TRACE(is_low_latency);
    config.max_subscriptions_per_shard(1).low_latency_mode(is_low_latency);
    start_live();

    ASSERT_TRUE(manager->stop(kPatience));

    const Notes all = notes();
    EXPECT_THAT(all.disconnects, SizeIs(3));
    EXPECT_EQ(all.hooks.back(), "on_event");
    EXPECT_TRUE(std::holds_alternative<event::Stopped>(all.events.back()));
    EXPECT_EQ(all.count<event::ShardClosed>(), 3U);
  }
}

/// A handler that hangs in its first on_message until the gate opens, behind a small queue.
class SlowHandlerTest : public ManagerFixture {
 protected:
  static constexpr std::size_t kCapacity = 64;

  SlowHandlerTest() {
    venue_options.messages_per_second = 20'000;
    config.queue_capacity(kCapacity);
    before = [gate = gate](std::string_view hook, auto) {
      if (hook == "on_message") gate->pass();
    };
  }
  [[nodiscard]] bool wait_for_pause() {
    return eventually([&] { return logger->count("delivery queue full") > 0; });
  }
  /// Waits until `span` of the venue's time has passed.
  [[nodiscard]] bool let_pass(Duration span) {
    const Duration end = venue->now() + span;
    return eventually([&] { return venue->now() >= end; });
  }
};

TEST_F(SlowHandlerTest, WithoutAReserveTheReadingStopsAtOnce) {
  config.reserve_bytes_max(0);
  start();
  ASSERT_TRUE(wait_for_pause());
  const std::size_t depth = snapshot().queue_depth;
  const auto received = snapshot().counters.messages_received;

  const auto sent = venue->counters().messages_published;
  ASSERT_TRUE(eventually([&] { return venue->counters().messages_published > sent + 5'000; }));

  EXPECT_GE(depth, kCapacity);
  EXPECT_EQ(snapshot().queue_depth, depth);
  EXPECT_EQ(snapshot().counters.messages_received, received);
}

TEST_F(SlowHandlerTest, HoldsBackNoTimeOutAgainstTheConnectionAndEverythingComesInOrder) {
  config.ping_interval(200ms).pong_timeout(1s).failure_threshold(1).data_timeout(1s);
  start();
  ASSERT_TRUE(wait_for_pause());
  ASSERT_TRUE(let_pass(2200ms));
  const auto sent = venue->counters().messages_sent;

  gate->open();

  ASSERT_TRUE(wait_for_data(sent));
  EXPECT_TRUE(wait_for_event<event::DeliveryResumed>());
  EXPECT_GE(notes().count<event::DeliveryPaused>(), 1U);
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_EQ(venue->counters().connections_opened, 1U);
  EXPECT_THAT(disordered(notes()), IsEmpty());
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
  EXPECT_EQ(notes().count<event::HealthFailed>(), 0U);
}

TEST_F(SlowHandlerTest, AConnectionThatIsMadeMeanwhileOpensAllTheSame) {
  config.connect_timeout(2s).max_subscriptions_per_shard(3);
  start();
  ASSERT_TRUE(wait_for_pause());

  manager->subscribe(topics(10, 3));

  EXPECT_TRUE(eventually([&] { return snapshot().active_connections == 2; }));
  EXPECT_TRUE(manager->wait_until_live(kPatience));
  gate->open();
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_EQ(venue->counters().connections_opened, 2U);
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

TEST_F(SlowHandlerTest, BytesFillTheQueueToo) {
  config.queue_capacity(1'000'000).queue_bytes_max(1'000);
  start();

  EXPECT_TRUE(wait_for_pause());
  gate->open();
  EXPECT_TRUE(wait_for_data(200));
}

TEST_F(SlowHandlerTest, AQueueForOneMessageStillMoves) {
  config.queue_capacity(1);
  venue_options.messages_per_second = 500;
  start();
  ASSERT_TRUE(wait_for_pause());

  gate->open();

  EXPECT_TRUE(wait_for_data(50));
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_THAT(disordered(notes()), IsEmpty());
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

TEST_F(SlowHandlerTest, CommandsAreObeyedMeanwhile) {
  start();
  ASSERT_TRUE(wait_for_pause());

  EXPECT_EQ(manager->subscribe({"T0009"}).at(0).status, SubscribeStatus::kPlaced);
  EXPECT_TRUE(eventually([&] { return venue->topics_in_service() == 4; }));
  EXPECT_EQ(manager->unsubscribe({"T0009"}).at(0).status, UnsubscribeStatus::kRemoved);
  EXPECT_TRUE(eventually([&] { return venue->topics_in_service() == 3; }));
}

}  // namespace
}  // namespace wsm::testing
