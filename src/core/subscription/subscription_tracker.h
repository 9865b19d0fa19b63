#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <wsm/subscription.h>

#include "base/time.h"
#include "core/subscription/feed_knowledge.h"
#include "core/subscription/inspected.h"
#include "core/subscription/status_counts.h"

namespace wsm {

/// What the server of one connection has said and shown of each subscription: acknowledged,
/// rejected, alive by its data, overdue, silent.
///
/// Silence is judged only where data can be told apart: before any message, on whatever connection,
/// has named its subscription, no silence means anything. Time in which nothing is read does not
/// count; inside, all times are reading time, which stands still in a pause.
///
/// How long a silence may be is fixed, or learned from the intervals between messages. What
/// is learned is the time between two messages on one connection, without a request in between: not
/// a pause of ours, nor a reconnect, nor what a server takes for an answer.
///
/// Sans-IO. Cost of handle_data(): one hash look-up and two stores, and some arithmetic where it
/// learns. Silent ones are found by a scan, at most once in kScanInterval.
class SubscriptionTracker {
 public:
  struct Options {
    SilenceLimits silence;
    /// What is asked again without an answer gets twice as long each time, up to 64 times this.
    std::optional<Duration> acknowledgement_timeout;
  };

  struct State {
    SubscriptionStatus status;  ///< kRequested, kLive or kStale.
    Duration since;
  };

  /// One that has been silent for too long.
  struct Silent {
    SubscriptionId id;
    Duration timeout;  ///< What was too long.

    friend bool operator==(const Silent&, const Silent&) = default;
  };

  static constexpr Duration kScanInterval = std::chrono::milliseconds{500};

  /// How long the first data after a request may take, at least, where the time-out is learned: a
  /// server needs its time for a request, however fast the feed is.
  static constexpr Duration kFirstDataTimeout = std::chrono::seconds{10};

  /// The same for what nothing has been learned of: it may have been refused without a word. Longer
  /// than a quiet feed needs for a sign of life, as a rule.
  static constexpr Duration kUnheardTimeout = std::chrono::minutes{5};

  /// `feed` outlives the tracker, and all trackers teach it.
  SubscriptionTracker(const Options& options, FeedKnowledge& feed)
      : options_(options), feed_(feed) {}

  // Commands.
  void pause(TimePoint now);
  void resume(TimePoint now);

  // Inputs.
  /// A request for `ids` has been sent. `request`: its id, if its answer will name it.
  void handle_requested(std::span<const SubscriptionId> ids, std::optional<std::uint64_t> request,
                        TimePoint now);
  /// The connection does not carry `id` any more.
  void handle_ended(SubscriptionId id);
  void handle_data(SubscriptionId id, TimePoint now);
  /// An acknowledgement or a rejection. Returns what was refused; it is not carried any more.
  [[nodiscard]] std::vector<SubscriptionId> handle_answer(const Inspected& answer, TimePoint now);

  // Outputs.
  /// Subscriptions of requests that have had no answer in time, and no data.
  [[nodiscard]] std::vector<SubscriptionId> take_overdue(TimePoint now);
  /// Those that have been silent for their time-out, by id; told anew after each further one.
  [[nodiscard]] std::vector<Silent> take_silent(TimePoint now);
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
  /// The server has not said what it makes of `id`, and is going to.
  [[nodiscard]] bool is_answer_awaited(SubscriptionId id) const;
  /// An answer about something that has shown no data is awaited.
  [[nodiscard]] bool is_awaiting_answers() const;
  /// What the connection carries, by status. Cost: none, it is kept.
  [[nodiscard]] const SubscriptionCounts& counts() const { return counts_; }

 private:
  static constexpr std::uint32_t kDoublingsMax = 6;

  struct Item {
    SubscriptionStatus status = SubscriptionStatus::kRequested;
    std::uint32_t unanswered = 0;          // Requests in a row before this one, up to the maximum.
    std::optional<std::uint64_t> request;  // Whose answer is awaited.
    TimePoint since;                       // The status.
    TimePoint last_sign;                   // Request, answer or data.
    std::optional<TimePoint> last_data;
  };
  /// What a request has asked for, and how much of that has no answer yet, nor a later request.
  struct Asked {
    std::vector<SubscriptionId> ids;
    std::size_t open;
  };
  struct Awaited {
    TimePoint due;
    std::uint64_t request;

    friend auto operator<=>(const Awaited&, const Awaited&) = default;
  };

  void enter(SubscriptionId id, Item& item, SubscriptionStatus status, TimePoint now);
  void handle_silent(SubscriptionId id, TimePoint at);
  void acknowledge(SubscriptionId id, TimePoint now);
  void await_nothing(Item& item);
  void learn(SubscriptionId id, const Item& item, TimePoint at);
  /// None: it may be silent for ever.
  [[nodiscard]] std::optional<Duration> timeout(SubscriptionId id, const Item& item) const;
  void plan_scan(TimePoint at);
  [[nodiscard]] std::vector<SubscriptionId> take_asked(const Inspected& answer);
  [[nodiscard]] bool is_answered(SubscriptionId id, std::optional<std::uint64_t> request) const;
  [[nodiscard]] TimePoint reading_time(TimePoint now) const {
    return (paused_at_ ? *paused_at_ : now) - paused_for_;
  }

  const Options options_;
  FeedKnowledge& feed_;
  std::unordered_map<SubscriptionId, Item> items_;  // Never iterated in an order that matters.
  std::map<std::uint64_t, Asked> asked_;            // By request.
  std::set<Awaited> awaited_;  // Those without an entry in asked_ are answered.
  std::vector<Change> changes_;
  SubscriptionCounts counts_;  // Of items_.
  std::optional<TimePoint> next_scan_;
  std::optional<TimePoint> paused_at_;
  Duration paused_for_{};
};

}  // namespace wsm
