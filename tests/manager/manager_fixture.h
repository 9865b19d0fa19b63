#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include <wsm/wsm.h>

#include "manager/gate.h"
#include "manager/patience.h"
#include "manager/raw_server.h"
#include "manager/test_handler.h"
#include "manager/truth.h"
#include "venue/venue.h"

namespace wsm::testing {

using namespace std::chrono_literals;

/// Keeps the lines of a manager's log.
class RecordingLogger final : public Logger {
 public:
  void log(LogLevel level, std::string_view line) override {
    const std::lock_guard lock{mutex_};
    lines_.emplace_back(level, line);
  }
  /// How many lines begin with `begin`.
  [[nodiscard]] std::size_t count(std::string_view begin) const { return lines(begin).size(); }

  /// The lines that begin with `begin`.
  [[nodiscard]] std::vector<std::string> lines(std::string_view begin) const {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> found;
    for (const auto& [level, line] : lines_) {
      if (line.starts_with(begin)) found.push_back(line);
    }
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<LogLevel, std::string>> lines_;
};

/// A manager, its handler and a venue, on quick settings. A test changes what it wants to be
/// different, then calls start() or its parts.
class ManagerFixture : public ::testing::Test {
 protected:
  using Manager = ShardManager<std::string>;

  ManagerFixture();
  /// The manager goes while everything that its hooks use is still there.
  void TearDown() override;

  void start_venue();
  /// A handler for `url` with `initial` topics, and a manager for it that is not started.
  void make(const std::string& url);
  /// Starts the venue and a manager for it.
  void start();
  /// The same, and everything is live and the first data has come.
  void start_live();

  /// Whether `count` messages of data have come.
  [[nodiscard]] bool wait_for_data(std::size_t count = 1);
  [[nodiscard]] MetricsSnapshot snapshot() const { return manager->metrics().snapshot(); }
  [[nodiscard]] Journal& journal() { return handler->journal; }
  [[nodiscard]] Notes notes() const { return handler->journal.read(); }
  /// Whether an event of kind E has been told `count` times.
  template <class E>
  [[nodiscard]] bool wait_for_event(std::size_t count = 1) {
    return journal().wait_for([&](const Notes& notes) { return notes.count<E>() >= count; });
  }
  /// How many exceptions of `hook` the log speaks of.
  [[nodiscard]] std::uint64_t reported(const std::string& hook) const;
  [[nodiscard]] bool is_suspended(ShardId shard = ShardId{0}) const;

  venue::Options venue_options{.topics = 20,
                               .messages_per_second = 2'000,
                               .heartbeat_interval = 50ms,
                               .limits = {.requests_per_window = 100'000}};
  ShardManagerConfigBuilder config = ShardManagerConfig::builder();
  BackoffOptions backoff{.initial_delay = 10ms, .max_delay = 100ms, .stable_after = 100ms};
  std::vector<std::string> initial = topics(1, 3);
  TestHandler::Before before;
  std::function<ErrorAnswer(const DisconnectReason&)> answer_error;
  std::function<Inspection<std::string>(const Message&)> look;  // What inspect() answers.
  const std::shared_ptr<Gate> gate = std::make_shared<Gate>();  // Opened at the end of the test.

  std::unique_ptr<venue::Venue> venue;
  std::shared_ptr<TestHandler> handler;
  std::shared_ptr<RecordingLogger> logger = std::make_shared<RecordingLogger>();
  std::unique_ptr<Manager> manager;
};

}  // namespace wsm::testing
