#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/detail/subscription_id.h>

#include "base/time.h"
#include "core/limits/subscription_budget.h"

namespace wsm {

enum class RequestKind : std::uint8_t { kSubscribe, kUnsubscribe };

[[nodiscard]] constexpr std::string_view to_string(RequestKind kind) {
  switch (kind) {
    case RequestKind::kSubscribe: return "subscribe";
    case RequestKind::kUnsubscribe: return "unsubscribe";
  }
  return "unknown";
}

/// What one open connection has been asked to carry, and what it still has to be asked.
///
/// Wishes come in any order and any number; requests leave in batches bounded by count and by
/// bytes, one at a time, because only the rendered message shows its length. A batch that is too
/// long, or whose rendering failed, is halved until it fits or one subscription is left: that one
/// is reported and tried again after `retry_after`, so that one bad name costs the others nothing.
/// Unsubscribes go first, then what is asked for again, which needs no room. Of the others those
/// wait for unsubscribes that would exceed the server's cap, and those that the budget of all
/// connections has no room for.
///
/// Whatever is said last about a subscription is what it ends as. Each desired one is asked for
/// once for each connection.
///
/// Cost: O(log n) for each wish, n being what this connection carries.
class RequestBatcher {
 public:
  struct Options {
    std::size_t subscriptions_per_message = 200;
    std::size_t bytes_per_message = 4096;
    Duration retry_after = std::chrono::seconds{30};
    /// The server's cap: what it still has to be told to end counts as well.
    std::size_t subscriptions_max = std::numeric_limits<std::size_t>::max();
  };

  struct Batch {
    RequestKind kind = RequestKind::kSubscribe;
    std::vector<SubscriptionId> ids;
  };

  /// Lifetime: `budget` outlives it. What it still holds there in the end, held(), is for the owner
  /// to give back.
  RequestBatcher(const Options& options, SubscriptionBudget& budget)
      : options_(options), budget_(budget) {}

  // Commands.
  /// Returns true when the server knows of `id` already, and will not hear of the end that it was
  /// to be told: nothing is asked.
  bool want(SubscriptionId id);
  /// Returns true when nothing of `id` is left here; otherwise take_dropped() names it later.
  bool unwant(SubscriptionId id);
  /// Asks once more for what has been requested.
  void ask_again(SubscriptionId id);
  /// The same, but ends it on the server first, which may think that it serves it.
  void renew(SubscriptionId id);
  /// The server refused it: it is not to be asked for until want(). It may serve it all the same if
  /// it was asked more than once, for the answer that came is about one of the requests only; then
  /// it is told to end it.
  void handle_refused(SubscriptionId id);

  // Inputs, one of them for each batch that take_batch() gave.
  /// The batch was sent, or needs no message. Returns it.
  Batch handle_sent(TimePoint now);
  /// Its message is longer than bytes_per_message, or could not be made. Returns the subscription
  /// that is put off, when the batch could not be halved any more.
  std::optional<SubscriptionId> handle_unfit(TimePoint now);
  /// It fits, but cannot be sent now: all of it is put off. Returns how many.
  std::size_t handle_unsent(TimePoint now);
  void handle_timeout(TimePoint now);

  // Outputs.
  /// The next batch to render and send; none while one is under way.
  [[nodiscard]] std::optional<Batch> take_batch();
  /// Subscriptions that were unwanted and are gone from here now.
  [[nodiscard]] std::vector<SubscriptionId> take_dropped();
  [[nodiscard]] std::optional<TimePoint> next_deadline() const { return retry_at_; }

  // Getters.
  [[nodiscard]] bool fits(std::size_t bytes) const { return bytes <= options_.bytes_per_message; }
  [[nodiscard]] bool is_asking() const { return asking_.has_value(); }
  /// Nothing is left to ask but what was put off. Exact after take_batch() has returned none.
  [[nodiscard]] bool has_asked_everything() const {
    return !asking_ && to_subscribe_.empty() && !has_some_without_room();
  }
  /// What is to be asked next has to wait until the budget has room.
  [[nodiscard]] bool lacks_room() const {
    return lacks_room_ && !asking_ && !has_some_without_room() && !budget_.has_room();
  }
  /// How many count for the budget.
  [[nodiscard]] std::size_t held() const { return held_; }
  /// Everything wanted has been requested. What is unwanted may still have to be ended.
  [[nodiscard]] bool has_requested_all() const { return wanted_count_ == requested_count_; }
  /// The same, and no request is under way.
  [[nodiscard]] bool is_settled() const { return !asking_ && has_requested_all(); }
  [[nodiscard]] bool holds(SubscriptionId id) const { return items_.contains(id); }
  /// How many are wanted and have been requested.
  [[nodiscard]] std::size_t requested_count() const { return requested_count_; }
  /// When `id` was requested; none when it was not.
  [[nodiscard]] std::optional<TimePoint> requested_at(SubscriptionId id) const;

 private:
  enum class Phase : std::uint8_t {
    kIdle,         // Not asked for; queued if wanted.
    kSubscribing,  // In the batch under way.
    kRequested,
    kUnsubscribing,  // In the batch under way.
    kPutOff,         // Waits for retry_at_, to be asked for or to be ended.
  };
  /// What is to be asked though it has been requested. Until it has been sent.
  enum class Redo : std::uint8_t { kNothing, kAsk, kEndAndAsk };
  struct Item {
    Phase phase = Phase::kIdle;
    bool is_wanted = false;
    bool is_requested = false;    // The server knows of it, as far as we can tell.
    bool is_asked_again = false;  // Since it was requested.
    bool is_counted = false;      // By the budget.
    Redo redo = Redo::kNothing;
    TimePoint since;
  };

  [[nodiscard]] static bool is_due(const Item& item, RequestKind kind);
  void redo(SubscriptionId id, Redo what);
  /// Something is to be asked that needs no room.
  [[nodiscard]] bool has_some_without_room() const {
    return !to_unsubscribe_.empty() || !to_ask_again_.empty();
  }
  [[nodiscard]] std::deque<SubscriptionId>* queue_of(const Item& item);
  void enqueue(SubscriptionId id, const Item& item);
  void take_from(std::deque<SubscriptionId>& queue, Batch& batch);
  void end_waiting(SubscriptionId id);
  bool settle(SubscriptionId id);
  void finish(SubscriptionId id);
  void return_to_queue(SubscriptionId id);
  bool put_off(SubscriptionId id, RequestKind tried, TimePoint now);
  void set_wanted(Item& item, bool is_wanted);
  void set_requested(Item& item, bool is_requested, TimePoint now);
  [[nodiscard]] bool take_room(Item& item);
  void cancel_room(Item& item);

  const Options options_;
  SubscriptionBudget& budget_;
  std::map<SubscriptionId, Item> items_;
  // Ids whose queue_of() it is; others in here are outdated and skipped.
  std::deque<SubscriptionId> to_subscribe_;
  std::deque<SubscriptionId> to_ask_again_;  // Requested already: never behind what lacks room.
  std::deque<SubscriptionId> to_unsubscribe_;
  std::optional<Batch> asking_;
  std::size_t batch_size_max_ = options_.subscriptions_per_message;
  std::vector<SubscriptionId> put_off_;  // The items that are kPutOff.
  std::optional<TimePoint> retry_at_;    // Set while there are any.
  std::vector<SubscriptionId> dropped_;
  std::size_t on_server_ = 0;  // Requested, wanted or not.
  std::size_t held_ = 0;       // Of the budget.
  bool lacks_room_ = false;    // As take_batch() has found it.
  std::size_t wanted_count_ = 0;
  std::size_t requested_count_ = 0;  // Of those.
};

}  // namespace wsm
