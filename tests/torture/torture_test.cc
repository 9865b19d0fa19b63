// Each system call of a scenario fails once, in turn: nothing crashes, leaks or hangs. Either the
// command that needed it says so, or the manager comes back by itself.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <string>

#include "manager/manager_fixture.h"
#include "torture/system_calls.h"

namespace wsm::testing {
namespace {

/// Of how many calls one fails: each with WSM_TORTURE_STEP=1, which takes minutes.
std::size_t step() {
  const char* given = std::getenv("WSM_TORTURE_STEP");
  return given ? std::max(std::stoul(given), 1UL) : 10;
}

class TortureTest : public ManagerFixture {
 protected:
  using Story = std::function<void()>;

  TortureTest() {
    venue_options.messages_per_second = 200;
    venue_options.heartbeat_interval = 1s;
    config.ping_interval(1s).pong_timeout(1s).failure_threshold(2).connect_timeout(2s);
  }

  void torture(const Story& story) {
    std::map<std::string, std::size_t> failed;
    std::size_t calls = 0;
    std::size_t runs = 0;
    for (std::size_t at = 0; at <= calls; at += at == 0 ? 1 : step()) {
      ASSERT_NO_FATAL_FAILURE(start_venue());
      const auto began = std::chrono::steady_clock::now();
      SystemCalls::begin(at);
      run(story);
      const std::size_t made = SystemCalls::end();
      if (at == 0) calls = made;
      const std::string what = SystemCalls::failed();
      if (!what.empty()) ++failed[what];
      ++runs;
      venue.reset();
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
      if (took > 2s) {
        std::printf("call %zu, %s, costs %.1f s\n", at, what.c_str(), took.count());
        std::fflush(stdout);
      }
      ASSERT_FALSE(HasFailure()) << "when call " << at << ", " << what << ", fails";
    }
    std::printf("%zu system calls, %zu of them failed in turn:", calls, runs - 1);
    for (const auto& [name, count] : failed) std::printf(" %s %zu", name.c_str(), count);
    std::printf("\n");
    EXPECT_FALSE(failed.empty());
  }

  /// Without an I/O thread there is no manager: its constructor throws, as that of std::thread
  /// does.
  void run(const Story& story) {
    try {
      const SystemCalls::OnBehalf ours;
      make(venue->url());
    } catch (const std::exception&) {
      EXPECT_FALSE(manager);
      return;
    }
    const auto started = [&] {
      const SystemCalls::OnBehalf ours;
      return manager->start();
    }();
    if (started) story();
    EXPECT_TRUE(manager->stop(kPatience));
    manager.reset();
  }

  void expect_live() {
    EXPECT_TRUE(manager->wait_until_live(kPatience));
    const std::size_t had = notes().data;
    EXPECT_TRUE(wait_for_data(had + 5));
  }
};

TEST_F(TortureTest, Start) {
  torture([&] { expect_live(); });
}

TEST_F(TortureTest, SourceAddress) {
  config.source_ips({"127.0.0.21", "127.0.0.22"});
  torture([&] { expect_live(); });
}

TEST_F(TortureTest, NameOfTheServer) {
  torture([&] {
    handler->server_url = "ws://localhost:" + std::to_string(venue->port());
    (void)manager->reconnect_shard(ShardId{0});
    expect_live();
  });
}

TEST_F(TortureTest, LostConnection) {
  torture([&] {
    expect_live();
    if (const auto busiest = venue->busiest()) (void)venue->cut(*busiest);
    expect_live();
  });
}

TEST_F(TortureTest, HotSwitchover) {
  torture([&] {
    expect_live();
    (void)manager->hot_switchover(ShardId{0});
    expect_live();
  });
}

TEST_F(TortureTest, TwoConnectionsForEach) {
  config.redundancy(2);
  torture([&] {
    expect_live();
    if (const auto busiest = venue->busiest()) (void)venue->cut(*busiest);
    expect_live();
  });
}

TEST_F(TortureTest, SubscribeAndUnsubscribe) {
  config.max_subscriptions_per_shard(2);
  torture([&] {
    (void)manager->subscribe(topics(4, 8));
    expect_live();
    (void)manager->unsubscribe(topics(1, 6));
    expect_live();
  });
}

TEST_F(TortureTest, StopInTheMiddle) {
  torture([] {});
}

}  // namespace
}  // namespace wsm::testing
