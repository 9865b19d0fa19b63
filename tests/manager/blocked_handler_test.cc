// A handler that does not return, and what goes on all the same: pings, closes, and the truth about
// what it misses.

#include <atomic>
#include <map>
#include <thread>

#include "manager/manager_fixture.h"
#include "support/server_codec.h"

namespace wsm::testing {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

/// A handler that knows whose each message is: its first word. It can hang in on_message.
class NamingHandler final : public WebSocketHandler<std::string> {
 public:
  NamingHandler(std::string server, std::vector<std::string> topics, std::shared_ptr<Gate> gate)
      : server_(std::move(server)), topics_(std::move(topics)), gate_(std::move(gate)) {}

  std::string url(const ConnectionState&) override { return server_; }
  std::vector<std::string> subscriptions() override { return topics_; }
  std::optional<OutgoingMessage> subscription_message(
      std::span<const std::string> topics) override {
    return OutgoingMessage::text(request("subscribe", topics));
  }
  std::optional<OutgoingMessage> unsubscription_message(
      std::span<const std::string> topics) override {
    return OutgoingMessage::text(request("unsubscribe", topics));
  }
  Inspection<std::string> inspect(const Message& message) override {
    return {.role = MessageRole::kData, .subscription = topic_of(message)};
  }
  void on_message(const Message& message, const ConnectionState&) override {
    if (gate_) gate_->pass();
    const std::lock_guard lock{mutex_};
    ++delivered_[topic_of(message)];
  }
  [[nodiscard]] std::uint64_t delivered(const std::string& topic) const {
    const std::lock_guard lock{mutex_};
    const auto found = delivered_.find(topic);
    return found == delivered_.end() ? 0 : found->second;
  }

 private:
  static std::string topic_of(const Message& message) {
    return std::string{message.text().substr(0, message.text().find(' '))};
  }

  const std::string server_;
  const std::vector<std::string> topics_;
  const std::shared_ptr<Gate> gate_;
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> delivered_;
};

/// More messages than the queue has room for, and then pings for two seconds.
class BlockedHandlerTest : public ManagerFixture {
 protected:
  static constexpr std::size_t kCapacity = 64;
  static constexpr int kPings = 20;

  void start_blocked(WhenFull choice) {
    config.queue_capacity(kCapacity).when_full(choice).ping_interval(std::nullopt);
    config.proactive_reconnect_interval(std::nullopt);
    before = [gate = gate](std::string_view hook, auto) {
      if (hook == "on_message") gate->pass();
    };
    make(server.url());
    ASSERT_TRUE(manager->start());
    ASSERT_TRUE(gate->wait_for_arrival());
  }

  std::atomic<int> pongs = 0;
  std::atomic<bool> closes = false;
  RawServer server{[this](RawConnection& connection) {
    if (!connection.accept_upgrade()) return;
    for (std::size_t i = 0; i < 4 * kCapacity; ++i) connection.send(test::server_text("data"));
    for (int i = 0; i < kPings; ++i) {
      connection.send(test::server_frame(Opcode::kPing, "are you there?"));
      if (!connection.wait_for_frame(Opcode::kPong)) return;
      ++pongs;
      std::this_thread::sleep_for(100ms);  // The server's pace; nothing waits for it to pass.
    }
    if (closes) connection.send(test::server_close(1001));
    (void)connection.wait_for_frame(Opcode::kClose);
  }};
};

class BlockedHandlerAnyTest : public BlockedHandlerTest,
                              public ::testing::WithParamInterface<WhenFull> {};

TEST_P(BlockedHandlerAnyTest, EachPingIsAnsweredWhileOnMessageHangsForSeconds) {
  start_blocked(GetParam());

  EXPECT_TRUE(eventually([&] { return pongs == kPings; }));

  EXPECT_EQ(notes().messages.size(), 0U) << "it hangs in the first one";
  gate->open();
  EXPECT_TRUE(manager->stop(kPatience));
  const std::uint64_t dropped = snapshot().counters.messages_dropped;
  EXPECT_EQ(notes().messages.size() + dropped, 4 * kCapacity);
  EXPECT_EQ(dropped == 0, GetParam() == WhenFull::kBlock);
}

INSTANTIATE_TEST_SUITE_P(Choices, BlockedHandlerAnyTest,
                         ::testing::Values(WhenFull::kBlock, WhenFull::kDropOldest,
                                           WhenFull::kDropNewest, WhenFull::kLatestPerSubscription),
                         [](const auto& choice) { return std::string{to_string(choice.param)}; });

TEST_F(BlockedHandlerTest, ACloseIsSeenWhileOnMessageHangs) {
  closes = true;
  start_blocked(WhenFull::kBlock);

  EXPECT_TRUE(eventually([&] { return snapshot().counters.reconnections >= 1; }));

  EXPECT_EQ(notes().messages.size(), 0U);
}

TEST_F(BlockedHandlerTest, NoticesAreBoundedAndWhatIsLeftOutIsCounted) {
  constexpr int kRounds = 3'000;
  start_blocked(WhenFull::kDropOldest);

  for (int i = 0; i < kRounds; ++i) {
    manager->subscribe({"T0015"});
    manager->unsubscribe({"T0015"});
  }
  const std::size_t told_before = notes().events.size();
  gate->open();

  ASSERT_TRUE(wait_for_event<event::NoticesOmitted>());
  const Notes all = notes();
  ASSERT_EQ(all.count<event::NoticesOmitted>(), 1U);
  const auto omitted = all.events_of<event::NoticesOmitted>().at(0);
  EXPECT_GT(omitted.events, 2'000U);
  EXPECT_LT(all.events.size() - told_before, 2'200U);
  manager->unsubscribe({"T0001"});
  EXPECT_TRUE(wait_for_event<event::SubscriptionsRemoved>());
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_EQ(notes().count<event::Stopped>(), 1U);
}

/// What the manager knows of single subscriptions, over real sockets.
class NamedSubscriptionsTest : public ManagerFixture {
 protected:
  using Naming = std::shared_ptr<NamingHandler>;

  Naming start_naming(const std::string& url, std::vector<std::string> wanted,
                      std::shared_ptr<Gate> blocker = nullptr) {
    auto naming = std::make_shared<NamingHandler>(url, std::move(wanted), std::move(blocker));
    manager = std::make_unique<Manager>(config.build().value(), naming, logger);
    EXPECT_TRUE(manager->start());
    return naming;
  }
};

TEST_F(NamedSubscriptionsTest, AreFreshAsLongAsTheirLastDataIsYoungEnough) {
  RawServer server{[](RawConnection& connection) {
    if (!connection.accept_upgrade() || !connection.wait_for_frame(Opcode::kText)) return;
    connection.send(test::server_text("a 1"));
    connection.wait_until_closed();
  }};
  start_naming(server.url(), {"a", "b"});

  ASSERT_TRUE(eventually([&] { return manager->is_subscription_fresh("a", 1min); }));

  EXPECT_FALSE(manager->is_subscription_fresh("b", 1min)) << "no data yet";
  EXPECT_FALSE(manager->is_subscription_fresh("c", 1min)) << "not desired";
  EXPECT_TRUE(eventually([&] { return !manager->is_subscription_fresh("a", 1ms); }));
  EXPECT_TRUE(manager->is_subscription_fresh("a", 1min));
  EXPECT_EQ(snapshot().subscriptions, (SubscriptionCounts{.requested = 1, .live = 1}));
}

TEST_F(NamedSubscriptionsTest, EachDropOfEachIsCountedWithLatestPerSubscription) {
  constexpr std::uint64_t kOfA = 5'000;
  constexpr std::uint64_t kOfB = 100;
  std::atomic<bool> is_sent = false;
  RawServer server{[&](RawConnection& connection) {
    if (!connection.accept_upgrade() || !connection.wait_for_frame(Opcode::kText)) return;
    for (std::uint64_t i = 0; i < kOfA; ++i) {
      connection.send(test::server_text("a " + std::to_string(i)));
      if (i % (kOfA / kOfB) == 0) connection.send(test::server_text("b " + std::to_string(i)));
    }
    connection.send(test::server_frame(Opcode::kPing, ""));
    if (connection.wait_for_frame(Opcode::kPong)) is_sent = true;
    connection.wait_until_closed();
  }};
  config.when_full(WhenFull::kLatestPerSubscription).proactive_reconnect_interval(std::nullopt);
  const auto naming = start_naming(server.url(), {"a", "b"}, gate);
  ASSERT_TRUE(eventually([&] { return is_sent.load(); }));

  gate->open();

  const auto dropped = [&](const std::string& topic) {
    return manager->subscription_status(topic)->messages_dropped;
  };
  ASSERT_TRUE(eventually([&] { return naming->delivered("a") + dropped("a") == kOfA; }));
  ASSERT_TRUE(eventually([&] { return naming->delivered("b") + dropped("b") == kOfB; }));
  EXPECT_GT(dropped("a"), 0U);
  EXPECT_EQ(snapshot().counters.messages_dropped, dropped("a") + dropped("b"));
}

TEST_F(NamedSubscriptionsTest, TheSilentOneIsAskedForAgainThenMovedToAConnectionOfItsOwn) {
  std::atomic<int> connections = 0;
  std::atomic<bool> is_over = false;
  // The first connection forgets b; the next one serves it.
  RawServer server{[&](RawConnection& connection) {
    if (!connection.accept_upgrade() || !connection.wait_for_frame(Opcode::kText)) return;
    const std::string data = ++connections == 1 ? "a 1" : "b 1";
    while (!is_over) {
      connection.send(test::server_text(data));
      std::this_thread::sleep_for(10ms);  // The pace of the feed.
    }
  }};
  config.subscription_timeout(500ms).proactive_reconnect_interval(std::nullopt);
  start_naming(server.url(), {"a", "b"});

  EXPECT_TRUE(eventually(
      [&] { return manager->subscription_status("b")->status == SubscriptionStatus::kLive; }));

  EXPECT_NE(manager->subscription_shard("a"), manager->subscription_shard("b"));
  EXPECT_GE(snapshot().counters.stalls, 2U);
  EXPECT_TRUE(manager->is_subscription_fresh("a", 1min));
  is_over = true;
}

}  // namespace
}  // namespace wsm::testing
