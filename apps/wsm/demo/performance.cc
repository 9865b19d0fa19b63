#include "demo/performance.h"

#include <chrono>
#include <thread>

#include "demo/stage.h"
#include "demo/timetable.h"

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTurn = 10ms;
// Bounds of the waits at the end; each is over as soon as its condition holds.
constexpr Duration kMendingMax = 10s;
constexpr Duration kArrivalMax = 5s;
// How long nothing must arrive for what is on its way to count as arrived.
constexpr Duration kQuiet = 200ms;

/// Shows the stage while it waits for this or that.
class Showing {
 public:
  Showing(Stage& stage, Screen& screen) : stage_(stage), screen_(screen) {}

  /// Turns until `is_over` or until `limit` has passed.
  void run_until(Duration limit, const std::function<bool()>& is_over) {
    const Duration deadline = stage_.elapsed() + limit;
    while (!is_over() && stage_.elapsed() < deadline) {
      show_when_due();
      std::this_thread::sleep_for(kTurn);
    }
  }

 private:
  void show_when_due() {
    if (stage_.elapsed() < next_) return;
    screen_.show(stage_.frame());
    next_ += screen_.interval();
  }

  Stage& stage_;
  Screen& screen_;
  Duration next_{};
};

/// Whether nothing waits and nothing has arrived for kQuiet.
class Stillness {
 public:
  explicit Stillness(const Stage& stage) : stage_(stage) {}

  bool is_reached() {
    const std::uint64_t received = stage_.received();
    if (received != received_ || stage_.messages_waiting() > 0) {
      received_ = received;
      since_ = stage_.elapsed();
    }
    return stage_.elapsed() - since_ >= kQuiet;
  }

 private:
  const Stage& stage_;
  std::uint64_t received_ = 0;
  Duration since_ = stage_.elapsed();
};

venue::Options venue_options(const Plan& plan) {
  venue::Options options;
  options.topics = plan.topics;
  options.messages_per_second = plan.rate;
  options.seed = plan.seed;
  options.limits.subscriptions_per_connection = plan.subscriptions_per_connection;
  // Shards, each twice while it is replaced, and connections that have not quite ended yet.
  options.limits.connections = 4 * plan.shards;
  return options;
}

}  // namespace

Result<Account> perform(const Plan& plan, Screen& screen,
                        const std::function<bool()>& is_interrupted) {
  auto venue = venue::Venue::start(venue_options(plan));
  if (!venue) return Failure{venue.error()};
  Stage stage{plan, *std::move(venue)};
  if (const auto opened = stage.open(); !opened) return Failure{opened.error()};

  Showing showing{stage, screen};
  showing.run_until(end_of_publishing(plan.length), [&] {
    stage.keep_appointments();
    return is_interrupted();
  });
  // What the last incident broke is mended before the account is drawn up; an interrupted demo
  // needs this, and any on a machine that is too busy.
  showing.run_until(kMendingMax, [&] { return stage.is_whole(); });
  // In two rounds from now every topic has its turn, and can show that it lives.
  const std::uint64_t enough = stage.published() + 2 * plan.topics;
  showing.run_until(kMendingMax, [&] { return stage.published() >= enough; });
  stage.stop_publishing();
  Stillness stillness{stage};
  showing.run_until(kArrivalMax, [&] { return stillness.is_reached(); });

  screen.leave();
  return stage.close();
}

}  // namespace wsm::demo
