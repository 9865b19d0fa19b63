#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/error.h>
#include <wsm/subscription.h>
#include <wsm/types.h>

namespace wsm {

/// Why a connection is replaced while it still lives.
enum class SwitchoverTrigger : std::uint8_t {
  kAge,          ///< proactive_reconnect_interval.
  kRequest,      ///< hot_switchover(shard).
  kStall,        ///< No data for data_timeout.
  kHealth,       ///< Pings were not answered; one more, and the connection is over.
  kDrainNotice,  ///< The server has said that it is going to close.
  kGap,          ///< Messages are missing, and gap_recovery says kReconnect.
};

[[nodiscard]] constexpr std::string_view to_string(SwitchoverTrigger trigger) {
  switch (trigger) {
    case SwitchoverTrigger::kAge: return "age";
    case SwitchoverTrigger::kRequest: return "request";
    case SwitchoverTrigger::kStall: return "stall";
    case SwitchoverTrigger::kHealth: return "health";
    case SwitchoverTrigger::kDrainNotice: return "drain notice";
    case SwitchoverTrigger::kGap: return "gap";
  }
  return "unknown";
}

enum class SwitchoverOutcome : std::uint8_t {
  kProven,     ///< Nothing of any subscription was lost with the old connection.
  kUnproven,   ///< Some were too quiet to tell in the time allowed; the new one serves. Without
               ///< inspect() all are: it has brought some data, of whatever subscription.
  kPromoted,   ///< The old connection died meanwhile; the new one took over as it was.
  kAbandoned,  ///< The new connection failed; the old one still serves.
  kCancelled,  ///< stop(), reconnect_shard(), or nothing left to carry.
};

[[nodiscard]] constexpr std::string_view to_string(SwitchoverOutcome outcome) {
  switch (outcome) {
    case SwitchoverOutcome::kProven: return "proven";
    case SwitchoverOutcome::kUnproven: return "unproven";
    case SwitchoverOutcome::kPromoted: return "promoted";
    case SwitchoverOutcome::kAbandoned: return "abandoned";
    case SwitchoverOutcome::kCancelled: return "cancelled";
  }
  return "unknown";
}

/// Whether it is the new connection that serves from then on.
[[nodiscard]] constexpr bool has_taken_over(SwitchoverOutcome outcome) {
  switch (outcome) {
    case SwitchoverOutcome::kProven:
    case SwitchoverOutcome::kUnproven:
    case SwitchoverOutcome::kPromoted: return true;
    case SwitchoverOutcome::kAbandoned:
    case SwitchoverOutcome::kCancelled: return false;
  }
  return false;
}

/// What has become of the move of a subscription to another shard.
enum class MoveOutcome : std::uint8_t {
  kProven,       ///< Nothing was lost or repeated.
  kUnproven,     ///< It was too quiet to tell in the time allowed; the new shard carries it.
  kInterrupted,  ///< The old connection was lost meanwhile; the new shard carries it.
  kAbandoned,    ///< The new shard did not show it; the old one still carries it.
};

[[nodiscard]] constexpr std::string_view to_string(MoveOutcome outcome) {
  switch (outcome) {
    case MoveOutcome::kProven: return "proven";
    case MoveOutcome::kUnproven: return "unproven";
    case MoveOutcome::kInterrupted: return "interrupted";
    case MoveOutcome::kAbandoned: return "abandoned";
  }
  return "unknown";
}

/// Whether an endpoint is dialed.
enum class CircuitStatus : std::uint8_t {
  kClosed,    ///< As often as shards want to.
  kOpen,      ///< Not at all: attempts have failed again and again.
  kHalfOpen,  ///< By one shard, which finds out for all whether it would be of use.
};

[[nodiscard]] constexpr std::string_view to_string(CircuitStatus status) {
  switch (status) {
    case CircuitStatus::kClosed: return "closed";
    case CircuitStatus::kOpen: return "open";
    case CircuitStatus::kHalfOpen: return "half-open";
  }
  return "unknown";
}

/// Why messages of a subscription are missing, or may be.
enum class GapCause : std::uint8_t {
  kReconnect,         ///< Its connection was lost, or replaced before the next one was ready.
  kStall,             ///< No data came for longer than is allowed.
  kMove,              ///< It was moved to another connection, with a gap.
  kSwitchover,        ///< Its new connection is ahead of the old one, which may still catch up.
  kSequenceHole,      ///< Numbers were passed over on a connection that lives.
  kNumbersRestarted,  ///< The numbers went back, without a word why.
  kDropped,           ///< when_full let messages go.
};

[[nodiscard]] constexpr std::string_view to_string(GapCause cause) {
  switch (cause) {
    case GapCause::kReconnect: return "reconnect";
    case GapCause::kStall: return "stall";
    case GapCause::kMove: return "move";
    case GapCause::kSwitchover: return "switchover";
    case GapCause::kSequenceHole: return "sequence hole";
    case GapCause::kNumbersRestarted: return "numbers restarted";
    case GapCause::kDropped: return "dropped";
  }
  return "unknown";
}

/// A subscription in an event, by the name that WebSocketHandler::subscription_name() gives it.
struct SubscriptionName {
  SubscriptionId id;  ///< The library's own; given to another one when this one is over.
  std::string text = {};

  friend bool operator==(const SubscriptionName&, const SubscriptionName&) = default;
};

/// What happened, one struct a kind. `shard` and `generation` say which connection.
namespace event {

struct ShardOpened {
  ShardId shard;
  std::optional<ShardId> copy_of = {};  ///< It carries all that this one does (redundancy).
};
struct ShardClosed {
  ShardId shard;
};
struct Connecting {
  ShardId shard;
  Generation generation;
  std::uint32_t attempt;  ///< Failures in a row before this attempt.
};
struct Connected {
  ShardId shard;
  Generation generation;
  Duration time_to_connect;
};
struct Disconnected {
  ShardId shard;
  Generation generation;
  bool was_open;
  DisconnectReason reason;
};
struct ReconnectScheduled {
  ShardId shard;
  std::uint32_t attempt;
  Duration delay;
};
/// The circuit breaker of a host and port, which all shards share, is not what it was.
struct CircuitBreakerChanged {
  std::string endpoint;  ///< "host:port".
  CircuitStatus status;
  Duration probe_in;  ///< kOpen: until one attempt may go.
};
struct ShardSuspended {
  ShardId shard;
  std::uint32_t failures;
  bool is_probed;  ///< False when on_error answered kStop: only reconnect_shard() revives it.
};
/// Subscriptions have a new status. With `generation` as that connection sees it, which is what
/// counts while that connection serves and none of them is rejected. Without: as the shard does;
/// kDesired then says that the shard carries them from now on.
struct SubscriptionsChanged {
  ShardId shard;
  std::optional<Generation> generation;
  SubscriptionStatus status;
  std::vector<SubscriptionName> subscriptions;
};
/// In a switchover slice by slice: it is the word of this connection that counts for these from now
/// on, whether it serves already or not. Until the switchover has finished; then it is that of the
/// connection that serves.
struct SubscriptionsHandedOver {
  ShardId shard;
  Generation generation;
  std::vector<SubscriptionName> subscriptions;
};
/// They are not desired any more.
struct SubscriptionsRemoved {
  ShardId shard;
  std::vector<SubscriptionName> subscriptions;
};
/// From now on messages of a subscription are missing, or may be. GapClosed follows with its next
/// message, unless the subscription is removed before.
struct GapOpened {
  SubscriptionName subscription;
  ShardId shard;
  GapCause cause;
  std::optional<std::uint64_t> last_sequence;  ///< Of the last message before it.
  Duration since_data;                         ///< The age of that message.
};
/// A gap is over, or was found when it was over already, as holes in the numbers are.
struct GapClosed {
  SubscriptionName subscription;
  ShardId shard;
  GapCause cause;
  std::optional<std::uint64_t> last_sequence;  ///< Of the last message before it.
  std::optional<std::uint64_t> next_sequence;  ///< Of the first one behind it.
  std::optional<std::uint64_t> lost;  ///< Messages; none when the feed gives no way to know.
  Duration lasted;                    ///< Between these two messages.
};
/// A message that had been counted as lost has come after all.
struct MessageLate {
  SubscriptionName subscription;
  ShardId shard;
  std::uint64_t sequence;
};
/// A connection serves no longer. What still arrives is delivered, until Disconnected.
struct ConnectionRetired {
  ShardId shard;
  Generation generation;
  DisconnectKind why;
};
struct SubscriptionsRequested {
  ShardId shard;
  Generation generation;
  std::size_t count;
};
struct UnsubscriptionsRequested {
  ShardId shard;
  Generation generation;
  std::size_t count;
};
struct SubscriptionSendFailed {
  ShardId shard;
  std::size_t count;
  std::string detail;
};
struct SubscriptionsRejected {
  ShardId shard;
  Generation generation;
  std::size_t count;
  std::string detail;
};
struct SubscriptionStalled {
  ShardId shard;
  std::size_t count;
};
struct AcknowledgementOverdue {
  ShardId shard;
  Generation generation;
  std::size_t count;  ///< Subscriptions of the request.
};
struct DrainNoticed {
  ShardId shard;
  Generation generation;
  std::string endpoint = {};  ///< Host and port where the server wants us, if it says so.
  std::string refusal = {};   ///< Why we do not go there; empty when we do.
};
struct SwitchoverStarted {
  ShardId shard;
  SwitchoverTrigger trigger;
};
struct SwitchoverFinished {
  ShardId shard;
  SwitchoverTrigger trigger;
  SwitchoverOutcome outcome;
  Duration duration;
};
/// What a switchover has come to, told when the connection that had to go is over: the old one, or
/// the new one where the old one goes on.
struct SwitchoverReported {
  ShardId shard;
  SwitchoverTrigger trigger;
  SwitchoverOutcome outcome;
  std::size_t proven = 0;  ///< Subscriptions; of the new connection.
  /// The others that it was asked for: from when it had been asked for all until the takeover,
  /// which is `draining` before this event.
  std::vector<SubscriptionName> unproven = {};
  /// A gap of these began meanwhile (GapOpened), or they have lost messages (GapClosed).
  std::vector<SubscriptionName> interrupted = {};
  std::uint64_t duplicates_removed = 0;  ///< Messages that were not delivered when they came.
  std::uint64_t messages_held = 0;       ///< Those that had to wait, to be delivered or not.
  std::uint64_t messages_lost = 0;       ///< Of the gaps that closed meanwhile (GapClosed).
  Duration opening = {};                 ///< The time that each phase took.
  Duration subscribing = {};
  Duration proving = {};
  Duration draining = {};
};
/// A subscription has been carried by two shards for a while, and is not any more.
struct SubscriptionMoved {
  SubscriptionName subscription;
  ShardId from;
  ShardId to;
  MoveOutcome outcome;
  Duration lasted;
  Duration subscribing = {};             ///< Of this, until the new shard had asked for it.
  std::uint64_t duplicates_removed = 0;  ///< Messages that both had brought by then.
  std::uint64_t messages_held = 0;       ///< Those that had to wait for their turn.
  std::uint64_t messages_lost = 0;       ///< Of the gaps that closed meanwhile (GapClosed).
};
/// Subscriptions begin to move, because something was out of balance or rebalance() was called.
struct RebalanceStarted {
  std::size_t moves;
  std::size_t closing;  ///< Shards that will have nothing left to carry.
};
/// All of them have ended, each with its SubscriptionMoved.
struct RebalanceFinished {
  std::size_t proven;
  std::size_t unproven;
  std::size_t interrupted;
  std::size_t abandoned;
  Duration lasted;
};
struct HealthFailed {
  ShardId shard;
  Generation generation;
  DisconnectKind kind;  ///< kPongTimeout or kDataTimeout.
  Duration silence;
};
struct HandlerThrew {
  std::string hook;
  std::string what;
  std::uint64_t count;  ///< Exceptions since the last event of this kind, this one included.
};
struct DeliveryPaused {};  ///< The queue is full; reading waits for the handler.
struct DeliveryResumed {};
/// when_full had its way; at most one in a second. What a newer message superseded is not counted
/// here, for that is how kLatestPerSubscription works.
struct MessagesDropped {
  std::uint64_t count;  ///< Since the last event of this kind.
  Duration since;       ///< From the first of them until now.
};
/// A message has waited in the queue for more than a second; at most one in a second.
struct SlowConsumer {
  std::size_t queue_depth;
  Duration behind;  ///< How long the oldest one has waited.
};
/// After SlowConsumer: no message waits for as long as a second any more.
struct ConsumerCaughtUp {
  Duration after;  ///< Time since the first SlowConsumer.
};
/// on_event and on_disconnect were not told of so much, because too much waited for them already:
/// a handler that does not return must not cost memory without bound. Comes in the place of what is
/// missing.
struct NoticesOmitted {
  std::uint64_t events;
  std::uint64_t disconnects;
};
struct Stopped {};
/// Instead of Stopped: the manager has met an exception, std::bad_alloc as a rule, and given up at
/// once. Every connection is closed, without on_disconnect; the rest of its turn is lost.
struct BrokeDown {
  std::string why;  ///< What the exception says.
};

}  // namespace event

using EventKind = std::variant<
    event::ShardOpened, event::ShardClosed, event::Connecting, event::Connected,
    event::Disconnected, event::ReconnectScheduled, event::CircuitBreakerChanged,
    event::ShardSuspended, event::SubscriptionsChanged, event::SubscriptionsHandedOver,
    event::SubscriptionsRemoved, event::GapOpened, event::GapClosed, event::MessageLate,
    event::ConnectionRetired, event::SubscriptionsRequested, event::UnsubscriptionsRequested,
    event::SubscriptionSendFailed, event::SubscriptionsRejected, event::SubscriptionStalled,
    event::AcknowledgementOverdue, event::DrainNoticed, event::SwitchoverStarted,
    event::SwitchoverFinished, event::SwitchoverReported, event::SubscriptionMoved,
    event::RebalanceStarted, event::RebalanceFinished, event::HealthFailed, event::HandlerThrew,
    event::DeliveryPaused, event::DeliveryResumed, event::MessagesDropped, event::SlowConsumer,
    event::ConsumerCaughtUp, event::NoticesOmitted, event::Stopped, event::BrokeDown>;

struct Event {
  SystemTime at;
  EventKind what;
};

/// One line for a log, without the time.
[[nodiscard]] std::string to_string(const EventKind& event);

/// The same line. Outside this namespace it is found without a prefix, as all others are; that of
/// EventKind, which is a variant, is not.
[[nodiscard]] inline std::string to_string(const Event& event) { return to_string(event.what); }

}  // namespace wsm
