// A handler that hangs, and what each choice of WhenFull makes of the messages that come meanwhile.

#include <atomic>
#include <numeric>

#include "manager/manager_fixture.h"
#include "support/server_codec.h"

namespace wsm::testing {
namespace {

using ::testing::Each;
using ::testing::Ge;
using ::testing::Le;

/// A server that sends numbered messages, then a ping, to a handler that hangs in its first
/// on_message until the gate opens.
class WhenFullTest : public ManagerFixture {
 protected:
  static constexpr std::size_t kCapacity = 64;
  static constexpr std::size_t kMessages = 20'000;
  static constexpr std::size_t kMessageBytes = 100;
  /// What one read can bring is over the bound for a moment; with WhenFull::kBlock it stays.
  static constexpr std::size_t kReadBytes = 256 * 1024;

  void start_blocked(WhenFull choice) {
    config.queue_capacity(kCapacity).when_full(choice).ping_interval(std::nullopt);
    before = [gate = gate](std::string_view hook, auto) {
      if (hook == "on_message") gate->pass();
    };
    make(server.url());
    ASSERT_TRUE(manager->start());
    ASSERT_TRUE(gate->wait_for_arrival());
  }
  /// The pong alone does not say so: it leaves before the turn that read the ping has filled the
  /// queue. The snapshot is made after that turn.
  [[nodiscard]] bool has_read_all() const {
    return has_ponged && snapshot().counters.messages_received == kMessages;
  }
  /// What was handled and dropped so far.
  [[nodiscard]] std::uint64_t settled() const {
    return notes().messages.size() + snapshot().counters.messages_dropped;
  }
  /// The numbers of the messages that the handler has got.
  [[nodiscard]] std::vector<std::size_t> delivered() const {
    std::vector<std::size_t> numbers;
    for (const Received& message : notes().messages) numbers.push_back(std::stoul(message.text));
    return numbers;
  }

  std::atomic<bool> has_ponged = false;
  RawServer server{[this](RawConnection& connection) {
    if (!connection.accept_upgrade()) return;
    for (std::size_t number = 0; number < kMessages; ++number) {
      std::string text = std::to_string(number);
      text.resize(kMessageBytes, ' ');
      connection.send(test::server_text(text));
    }
    connection.send(test::server_frame(Opcode::kPing, "are you there?"));
    if (connection.wait_for_frame(Opcode::kPong)) has_ponged = true;
    (void)connection.wait_for_frame(Opcode::kClose);
  }};
};

TEST_F(WhenFullTest, BlockLosesNothingAndMemoryStaysBounded) {
  constexpr std::size_t kReserve = 64 * 1024;
  config.reserve_bytes_max(kReserve);
  start_blocked(WhenFull::kBlock);
  ASSERT_TRUE(eventually([&] { return snapshot().queue_depth >= kReserve / 300; }));
  const MetricsSnapshot blocked = snapshot();

  gate->open();

  ASSERT_TRUE(eventually([&] { return delivered().size() == kMessages; }));
  std::vector<std::size_t> all(kMessages);
  std::iota(all.begin(), all.end(), 0U);
  EXPECT_EQ(delivered(), all);
  EXPECT_THAT(blocked.queue_depth, Le(kCapacity + (kReserve + 2 * kReadBytes) / kMessageBytes));
  EXPECT_EQ(snapshot().counters.messages_dropped, 0U);
  EXPECT_TRUE(eventually([&] { return has_ponged.load(); }));
}

class WhenFullDropsTest : public WhenFullTest, public ::testing::WithParamInterface<WhenFull> {};

TEST_P(WhenFullDropsTest, ReadingGoesOnPingsAreAnsweredAndEachMessageIsDeliveredOrCounted) {
  start_blocked(GetParam());

  ASSERT_TRUE(eventually([&] { return has_read_all(); }));

  const MetricsSnapshot blocked = snapshot();
  EXPECT_EQ(blocked.counters.messages_received, kMessages);
  EXPECT_THAT(blocked.queue_depth, Le(kCapacity));
  EXPECT_EQ(blocked.counters.messages_dropped + blocked.queue_depth, kMessages);
  EXPECT_EQ(blocked.shards.at(0).messages_dropped, blocked.counters.messages_dropped);
  gate->open();
  ASSERT_TRUE(eventually([&] { return settled() == kMessages; }));
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_EQ(settled(), kMessages);
  EXPECT_EQ(snapshot().counters.messages_dropped, blocked.counters.messages_dropped);
  EXPECT_EQ(notes().count<event::DeliveryPaused>(), 0U);
  EXPECT_EQ(notes().count<event::Stopped>(), 1U);
  std::uint64_t told = 0;
  for (const auto& drops : notes().events_of<event::MessagesDropped>()) told += drops.count;
  EXPECT_EQ(told, blocked.counters.messages_dropped);
}

INSTANTIATE_TEST_SUITE_P(Choices, WhenFullDropsTest,
                         ::testing::Values(WhenFull::kDropOldest, WhenFull::kDropNewest,
                                           WhenFull::kLatestPerSubscription),
                         [](const auto& choice) { return std::string{to_string(choice.param)}; });

TEST_F(WhenFullTest, DropOldestLeavesTheEndOfTheFeed) {
  start_blocked(WhenFull::kDropOldest);
  ASSERT_TRUE(eventually([&] { return has_read_all(); }));

  gate->open();

  ASSERT_TRUE(eventually([&] { return settled() == kMessages; }));
  std::vector<std::size_t> numbers = delivered();
  numbers.erase(numbers.begin());  // It was in the handler's hands.
  EXPECT_THAT(numbers, Each(Ge(kMessages - kCapacity)));
  EXPECT_TRUE(std::ranges::is_sorted(numbers));
  EXPECT_EQ(numbers.back(), kMessages - 1);
}

TEST_F(WhenFullTest, DropNewestLeavesTheBeginningOfTheFeed) {
  start_blocked(WhenFull::kDropNewest);
  ASSERT_TRUE(eventually([&] { return has_read_all(); }));

  gate->open();

  ASSERT_TRUE(eventually([&] { return settled() == kMessages; }));
  EXPECT_THAT(delivered(), Each(Le(kCapacity - 1)));
  EXPECT_TRUE(std::ranges::is_sorted(delivered()));
}

TEST_F(WhenFullTest, AHandlerThatIsBehindAndCatchesUpIsToldSoAndMeasured) {
  start_blocked(WhenFull::kDropOldest);

  ASSERT_TRUE(eventually([&] { return logger->count("handler is ") > 0; }));
  gate->open();

  ASSERT_TRUE(wait_for_event<event::ConsumerCaughtUp>());
  const Notes all = notes();
  EXPECT_GE(all.events_of<event::SlowConsumer>().at(0).behind, 1s);
  EXPECT_THAT(all.events_of<event::SlowConsumer>().at(0).queue_depth, Le(kCapacity));
  EXPECT_TRUE(manager->stop(kPatience));
  const MetricsSnapshot after = snapshot();
  EXPECT_EQ(after.queue_wait.count, notes().messages.size());
  EXPECT_EQ(after.handler_time.count, notes().messages.size());
  EXPECT_GE(after.queue_wait.max, 1s);
  EXPECT_GE(after.handler_time.max, 1s - 100ms);
}

}  // namespace
}  // namespace wsm::testing
