#include "manager/delivery.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "unit/manager/fake_handler_port.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kPatience = 20s;

ShardManagerConfig config(std::size_t capacity, bool is_low_latency) {
  return *ShardManagerConfig::builder()
              .queue_capacity(capacity)
              .low_latency_mode(is_low_latency)
              .build();
}

/// What a handler has got. A thread that hangs in a hook may outlive the test, so it is shared.
struct Received {
  std::vector<std::string> texts;
  std::vector<std::thread::id> threads;
};

/// A handler that notes what it gets, and hangs in on_message at the text "hang".
class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() {
    port->take_message = [received = received, gate = gate](const Message& message) {
      if (message.text() == "hang") gate.wait();
      received->texts.emplace_back(message.text());
      received->threads.push_back(std::this_thread::get_id());
    };
  }
  ~DeliveryTest() override { open_gate(); }

  void make(std::size_t capacity = 100, bool is_low_latency = false) {
    delivery =
        std::make_unique<Delivery>(config(capacity, is_low_latency), caller, [this] { ++rooms; });
  }
  void push(std::string_view payload) {
    delivery->message(state, {MessageKind::kText, std::as_bytes(std::span{payload})});
  }
  void open_gate() {
    if (!std::exchange(is_gate_open, true)) opened.set_value();
  }
  bool finishes() {
    delivery->close();
    return delivery->wait_until_finished(steady_clock::now() + kPatience);
  }

  std::promise<void> opened;
  const std::shared_future<void> gate = opened.get_future().share();
  bool is_gate_open = false;
  const std::shared_ptr<Received> received = std::make_shared<Received>();
  std::vector<std::string>& texts = received->texts;
  std::vector<std::thread::id>& threads = received->threads;
  std::atomic<int> rooms = 0;
  const ConnectionStatePtr state = std::make_shared<const ConnectionState>();
  const std::shared_ptr<FakeHandlerPort> port = std::make_shared<FakeHandlerPort>();
  const std::shared_ptr<HandlerCaller> caller =
      std::make_shared<HandlerCaller>(port, [](auto...) {});
  std::unique_ptr<Delivery> delivery;
};

TEST_F(DeliveryTest, BringsMessagesInOrderOnAThreadOfItsOwn) {
  make();

  push("a");
  push("b");
  delivery->flush(TimePoint{});
  push("c");

  ASSERT_TRUE(finishes());
  EXPECT_THAT(texts, ElementsAre("a", "b", "c"));
  EXPECT_NE(threads.front(), std::this_thread::get_id());
  EXPECT_EQ(threads.front(), threads.back());
}

TEST_F(DeliveryTest, InLowLatencyModeBringsThemAtOnceOnTheCallersThread) {
  make(1, /*is_low_latency=*/true);

  push("a");
  push("b");

  EXPECT_THAT(texts, ElementsAre("a", "b"));
  EXPECT_THAT(threads, ElementsAre(std::this_thread::get_id(), std::this_thread::get_id()));
  EXPECT_FALSE(delivery->is_full());
  EXPECT_EQ(delivery->depth(), 0U);
  EXPECT_TRUE(delivery->wait_until_finished(steady_clock::now()));
}

TEST_F(DeliveryTest, BringsNoticesBetweenTheMessagesThatTheyCameBetween) {
  make();
  port->before = [&](const std::string& hook) {
    if (hook != "on_message") texts.push_back(hook);
  };

  push("a");
  delivery->notice(Event{});
  push("b");
  delivery->notice(DisconnectNotice{state, {}});

  ASSERT_TRUE(finishes());
  EXPECT_THAT(texts, ElementsAre("a", "on_event", "b", "on_disconnect"));
}

TEST_F(DeliveryTest, AThrowingHandlerLosesThatMessageOnly) {
  make();
  port->before = [&, calls = 0](const std::string&) mutable {
    if (++calls == 2) throw std::runtime_error{"the second one"};
  };

  for (const char* payload : {"a", "b", "c"}) push(payload);

  ASSERT_TRUE(finishes());
  EXPECT_THAT(texts, ElementsAre("a", "c"));
  EXPECT_EQ(delivery->depth(), 0U);
}

TEST_F(DeliveryTest, AFullQueueTellsOfRoomOnceWhenHalfOfItIsHandled) {
  make(4);
  for (const char* payload : {"hang", "b", "c", "d"}) push(payload);
  ASSERT_TRUE(delivery->is_full());
  delivery->flush(TimePoint{});

  open_gate();

  ASSERT_TRUE(finishes());
  EXPECT_EQ(rooms.load(), 1);
}

TEST_F(DeliveryTest, AQueueFullOfNoticesTellsOfRoomToo) {
  make(4);
  push("hang");
  for (std::size_t i = 0; i < DeliveryQueue::kNoticesMax; ++i) delivery->notice(Event{});
  ASSERT_TRUE(delivery->is_full());
  delivery->flush(TimePoint{});

  open_gate();

  ASSERT_TRUE(finishes());
  EXPECT_EQ(rooms.load(), 1);
}

TEST_F(DeliveryTest, AQueueThatWasNeverFullTellsOfNoRoom) {
  make(4);
  for (const char* payload : {"a", "b", "c"}) push(payload);
  EXPECT_FALSE(delivery->is_full());

  ASSERT_TRUE(finishes());
  EXPECT_EQ(rooms.load(), 0);
}

TEST_F(DeliveryTest, DoesNotWaitLongerThanItsDeadline) {
  make();
  push("hang");
  delivery->close();

  EXPECT_FALSE(delivery->wait_until_finished(steady_clock::now() + 10ms));
  open_gate();
  EXPECT_TRUE(delivery->wait_until_finished(steady_clock::now() + kPatience));
}

TEST_F(DeliveryTest, DoesNotWaitForItselfFromInsideAHook) {
  make();
  std::atomic<bool> was_finished = true;
  port->before = [&](const std::string&) {
    was_finished = delivery->wait_until_finished(steady_clock::now() + kPatience);
  };
  const auto before = steady_clock::now();

  push("a");

  ASSERT_TRUE(finishes());
  EXPECT_FALSE(was_finished);
  EXPECT_LT(steady_clock::now() - before, kPatience);
}

TEST_F(DeliveryTest, IsDestroyedAtOnceAlthoughAHookHangs) {
  make();
  const auto entered = std::make_shared<std::promise<void>>();
  port->before = [entered](const std::string&) { entered->set_value(); };
  push("hang");
  delivery->flush(TimePoint{});
  ASSERT_EQ(entered->get_future().wait_for(kPatience), std::future_status::ready);

  const auto before = steady_clock::now();
  delivery.reset();

  EXPECT_LT(steady_clock::now() - before, kPatience);
  EXPECT_THAT(texts, IsEmpty());
}

TEST_F(DeliveryTest, BreaksOffBehindWholeTurnsWithALastWord) {
  std::vector<std::string> hooks;
  port->before = [&](const std::string& hook) { hooks.push_back(hook); };
  make();
  push("whole");
  delivery->flush({});
  push("half");

  delivery->break_off(Event{SystemTime{}, event::BrokeDown{}});

  EXPECT_TRUE(delivery->wait_until_finished(steady_clock::now() + kPatience));
  EXPECT_THAT(hooks, ElementsAre("on_message", "on_event"));
  EXPECT_THAT(texts, ElementsAre("whole"));
}

TEST_F(DeliveryTest, SaysTheLastWordAtOnceWithLowLatency) {
  std::vector<std::string> hooks;
  port->before = [&](const std::string& hook) { hooks.push_back(hook); };
  make(1, true);

  delivery->break_off(Event{SystemTime{}, event::BrokeDown{}});

  EXPECT_THAT(hooks, ElementsAre("on_event"));
}

}  // namespace
}  // namespace wsm
