#include "torture/torture_fixture.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

namespace wsm::testing {
namespace {

/// Of so many requests one is refused: each with WSM_TORTURE_STEP=1, which takes minutes. Without
/// it, as many in each story as CI has time for.
std::size_t step_of(std::size_t requests) {
  constexpr std::size_t kRuns = 6;
  const char* given = std::getenv("WSM_TORTURE_STEP");
  return std::max<std::size_t>(given ? std::stoul(given) : requests / kRuns, 1);
}

std::size_t count_in(const char* folder) {
  using Iterator = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(Iterator{folder}, Iterator{}));
}

/// What must not grow: open files and threads.
std::pair<std::size_t, std::size_t> held() {
  return {count_in("/proc/self/fd"), count_in("/proc/self/task")};
}

}  // namespace

TortureFixture::TortureFixture() {
  venue_options.heartbeat_interval = 100ms;
  config.ping_interval(1s).pong_timeout(1s).failure_threshold(2).connect_timeout(300ms);
}

void TortureFixture::torture(const Story& story) {
  ASSERT_NO_FATAL_FAILURE(fail_each(system_calls, "system calls", story));
  ASSERT_NO_FATAL_FAILURE(fail_each(allocations, "allocations", story));
}

void TortureFixture::fail_each(Faults& faults, const char* kind, const Story& story) {
  std::map<std::string, std::size_t> failed;
  std::size_t requests = 0;
  std::size_t broken = 0;
  for (std::size_t at = 0; at <= requests; at += at == 0 ? 1 : step_of(requests)) {
    const auto began = std::chrono::steady_clock::now();
    tell_once(faults, at, story);
    const std::size_t made = faults.end();
    if (at == 0) requests = made;
    const std::string what = faults.failed();
    if (!what.empty()) ++failed[what];
    if (handler && notes().count<event::BrokeDown>() > 0) ++broken;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const bool is_slow = took > 3s;
    if (is_slow || HasFailure()) {
      std::printf("number %zu of the %s, %s, %.1f s:\n", at, kind, what.c_str(), took.count());
      faults.print_place();
      std::fflush(stdout);
    }
    ASSERT_FALSE(HasFailure()) << "when number " << at << " of the " << kind << " fails: " << what;
  }
  std::printf("of %zu %s failed in turn:", requests, kind);
  for (const auto& [name, count] : failed) std::printf(" %s %zu", name.c_str(), count);
  std::printf("; broke down: %zu\n", broken);
  EXPECT_FALSE(failed.empty());
}

void TortureFixture::tell_once(Faults& faults, std::size_t fail_at, const Story& story) {
  const auto held_before = held();
  ASSERT_NO_FATAL_FAILURE(start_venue());
  handler.reset();
  logger = std::make_shared<RecordingLogger>();
  faults.begin(fail_at);
  live_through(story);
  venue.reset();
  EXPECT_TRUE(eventually([&] { return fail_at == 0 || held() <= held_before; }));
}

/// Without an I/O thread there is no manager: its constructor throws, as that of std::thread does.
void TortureFixture::live_through(const Story& story) {
  try {
    const OnBehalf ours;
    make(server_url.empty() ? venue->url() : server_url);
  } catch (const std::exception&) {
    EXPECT_FALSE(manager);
    return;
  }
  const auto started = command([&] { return manager->start(); });
  if (started) story();
  if (is_broken()) {
    expect_nothing_works();
  } else if (!started) {
    // OpenSSL does not always say that it is for memory that it cannot use a file.
    EXPECT_TRUE(does_openssl_fail) << to_string(started.error());
    EXPECT_EQ(started.error().code, Errc::kInvalidArgument);
  }
  end();
}

void TortureFixture::end() {
  EXPECT_TRUE(command([&] { return manager->stop(kPatience); }));
  EXPECT_FALSE(manager->is_running());
  const auto took = duration_of([&] {
    const OnBehalf ours;
    manager.reset();
  });
  EXPECT_LT(took, kPatience / 2);
}

bool TortureFixture::expect_live() {
  const auto live = command([&] { return manager->wait_until_live(kPatience); });
  if (!live) {
    EXPECT_EQ(live.error().code, Errc::kBrokenDown);
    return false;
  }
  const std::size_t had = notes().data;
  expect_notes([had](const Notes& notes) { return notes.data >= had + 5; });
  return !is_broken();
}

void TortureFixture::expect_notes(const std::function<bool(const Notes&)>& condition) {
  EXPECT_TRUE(journal().wait_for(
      [&](const Notes& notes) { return condition(notes) || notes.count<event::BrokeDown>() > 0; }));
}

/// After a breakdown there is nothing left but words.
void TortureFixture::expect_nothing_works() {
  expect_event<event::BrokeDown>();
  const Notes seen = notes();
  EXPECT_EQ(seen.count<event::BrokeDown>(), 1U);
  EXPECT_TRUE(std::holds_alternative<event::BrokeDown>(seen.events.back()));
  EXPECT_EQ(seen.count<event::Stopped>(), 0U);
  EXPECT_EQ(logger->count("the manager has broken down: std::bad_alloc"), 1U);
  EXPECT_FALSE(manager->is_running());
  EXPECT_EQ(manager->start().error().code, Errc::kBrokenDown);
  EXPECT_EQ(manager->wait_until_live(kPatience).error().code, Errc::kBrokenDown);
  EXPECT_EQ(manager->reconnect_shard(ShardId{0}).error().code, Errc::kBrokenDown);
  EXPECT_EQ(manager->subscribe({"T0001"}).at(0).error.value().code, Errc::kBrokenDown);
  EXPECT_FALSE(manager->health().is_healthy);
  EXPECT_TRUE(snapshot().shards.empty());
  EXPECT_TRUE(eventually([&] { return venue->connections().empty(); }));
}

}  // namespace wsm::testing
