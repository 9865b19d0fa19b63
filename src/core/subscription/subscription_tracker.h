#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <wsm/subscription.h>

#include "base/time.h"
#include "core/subscription/inspected.h"

namespace wsm {

/// What the server of one connection has said and shown of each subscription: acknowledged,
/// rejected, alive by its data, overdue, silent.
///
/// Silence is judged only where data can be told apart: before any message has named its
/// subscription, no silence means anything. Time in which nothing is read does not count; inside,
/// all times are reading time, which stands still in a pause.
///
/// Sans-IO. Cost of handle_data(): one hash look-up and two stores. Silent ones are found by a
/// scan, at most once in kScanInterval.
class SubscriptionTracker {
 public:
  struct Options {
    std::optional<Duration> silence_timeout;
    std::optional<Duration> acknowledgement_timeout;
  };

  struct State {
    SubscriptionStatus status;  ///< kRequested, kLive or kStale.
    Duration since;
    std::optional<Duration> since_data;
  };

  static constexpr Duration kScanInterval = std::chrono::milliseconds{500};

  explicit SubscriptionTracker(const Options& options) : options_(options) {}

  // Commands.
  void pause(TimePoint now);
  void resume(TimePoint now);

  // Inputs.
  /// A request for `ids` has been sent. `request`: its id, if its answer will name it.
  void handle_requested(std::span<const SubscriptionId> ids, std::optional<std::uint64_t> request,
                        TimePoint now);
  /// The connection does not carry `id` any more.
  void handle_ended(SubscriptionId id) {
    if (items_.erase(id) > 0) changes_.push_back({id, SubscriptionStatus::kDesired});
  }
  void handle_data(SubscriptionId id, TimePoint now);
  /// An acknowledgement or a rejection. Returns what was refused; it is not carried any more.
  [[nodiscard]] std::vector<SubscriptionId> handle_answer(const Inspected& answer, TimePoint now);

  // Outputs.
  /// Subscriptions of requests that have had no answer in time, and no data.
  [[nodiscard]] std::vector<SubscriptionId> take_overdue(TimePoint now);
  /// Subscriptions that have been silent for the time-out; told anew after each further one.
  [[nodiscard]] std::vector<SubscriptionId> take_silent(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  /// A new status, in the order in which they came; kDesired: not carried any more.
  struct Change {
    SubscriptionId id;
    SubscriptionStatus status;
  };
  [[nodiscard]] bool has_changes() const { return !changes_.empty(); }
  [[nodiscard]] std::vector<Change> take_changes() { return std::exchange(changes_, {}); }

  // Getters.
  /// None when the connection does not carry `id`.
  [[nodiscard]] std::optional<State> state(SubscriptionId id, TimePoint now) const;

 private:
  struct Item {
    SubscriptionStatus status = SubscriptionStatus::kRequested;
    std::optional<std::uint64_t> request;  // Whose answer is awaited.
    TimePoint since;                       // The status.
    TimePoint last_sign;                   // Request, answer or data.
    std::optional<TimePoint> last_data;
  };
  struct Awaited {
    TimePoint due;
    std::uint64_t request;
  };

  void enter(SubscriptionId id, Item& item, SubscriptionStatus status, TimePoint now);
  void acknowledge(SubscriptionId id, TimePoint now);
  void plan_scan(TimePoint at);
  [[nodiscard]] std::vector<SubscriptionId> take_asked(const Inspected& answer);
  [[nodiscard]] bool is_answered(SubscriptionId id, std::optional<std::uint64_t> request) const;
  [[nodiscard]] TimePoint reading_time(TimePoint now) const {
    return (paused_at_ ? *paused_at_ : now) - paused_for_;
  }

  const Options options_;
  std::unordered_map<SubscriptionId, Item> items_;  // Never iterated in an order that matters.
  std::map<std::uint64_t, std::vector<SubscriptionId>> asked_;  // By request.
  std::deque<Awaited> awaited_;  // Oldest first; those without an entry in asked_ are answered.
  std::vector<Change> changes_;
  std::optional<TimePoint> next_scan_;
  bool is_attributed_ = false;  // Some data has named its subscription.
  std::optional<TimePoint> paused_at_;
  Duration paused_for_{};
};

}  // namespace wsm
