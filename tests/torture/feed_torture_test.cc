// What comes of a feed: holes, silence, notices, and a handler that is slow or throws.

#include <atomic>
#include <stdexcept>

#include "torture/feed_server.h"
#include "torture/torture_fixture.h"

namespace wsm::testing {
namespace {

using io::testing::LoopbackServer;
using io::testing::ServerSocket;

constexpr std::size_t kMessages = 64;
constexpr std::size_t kHole = 32;

class FeedTortureTest : public TortureFixture {
 protected:
  void use_server() {
    server_url = "ws://127.0.0.1:" + std::to_string(server.port());
    initial = topics(1, 1);
    look = inspect_data;
  }

  LoopbackServer server{[](ServerSocket& socket) {
    serve_feed(socket, {{}, numbered_frames(kMessages, kHole)});
  }};
};

TEST_F(FeedTortureTest, HoleInTheNumbersAndRecovery) {
  use_server();
  config.gap_recovery(GapRecovery::kAskAgain);
  torture([&] {
    expect_event<event::GapClosed>();
    expect_notes([](const Notes& notes) { return notes.calls_of("unsubscription_message") > 0; });
  });
}

TEST_F(FeedTortureTest, UnansweredPings) {
  use_server();
  config.ping_interval(20ms).pong_timeout(20ms);
  torture([&] {
    expect_notes([](const Notes& notes) {
      return std::ranges::any_of(notes.disconnects, [](const Ended& it) {
        return it.reason.kind == DisconnectKind::kPongTimeout ||
               it.reason.kind == DisconnectKind::kReplaced;  // While it was in doubt.
      });
    });
  });
}

TEST_F(FeedTortureTest, QueueThatDropsTheOldest) {
  use_server();
  config.queue_capacity(4).when_full(WhenFull::kDropOldest);
  torture([&] { expect_event<event::MessagesDropped>(); });
}

TEST_F(FeedTortureTest, QueueOfTheLatest) {
  use_server();
  config.queue_capacity(4).when_full(WhenFull::kLatestPerSubscription);
  torture([&] { expect_notes([](const Notes& notes) { return notes.data > 0; }); });
}

TEST_F(FeedTortureTest, MessagesOnTheThreadOfTheSockets) {
  config.low_latency_mode(true);
  torture([&] {
    expect_live();
    if (const auto busiest = venue->busiest()) (void)venue->cut(*busiest);
    expect_live();
  });
}

TEST_F(FeedTortureTest, NoticeThatTheServerIsGoingToClose) {
  look = [](const Message& message) -> Inspection<std::string> {
    const bool is_notice = message.text().starts_with(R"({"op":"drain")");
    return is_notice ? Inspection<std::string>{.role = MessageRole::kDrainNotice}
                     : inspect_data(message);
  };
  torture([&] {
    expect_live();
    const auto busiest = venue->busiest();
    if (!busiest || !venue->announce_leave(*busiest, 50ms)) return;
    expect_live();
  });
}

TEST_F(FeedTortureTest, HooksThatThrow) {
  std::atomic<int> calls = 0;
  before = [&](std::string_view hook, const ConnectionState*) {
    const bool is_fragile = hook == "on_connect" || hook == "on_message" || hook == "on_error";
    if (is_fragile && ++calls % 3 == 1) throw std::runtime_error{"this hook is out of order"};
  };
  torture([&] {
    expect_live();
    expect_event<event::HandlerThrew>();
  });
}

}  // namespace
}  // namespace wsm::testing
