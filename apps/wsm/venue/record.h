#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/types.h>

#include "venue/topic.h"

namespace wsm::venue {

// The record of truth: what the venue published, and what of it went where.
//
// A connection *serves* a topic from the message after the one that was published last when it
// subscribed, until something ends that: an unsubscribe, a close frame from either side, a cut, a
// silence. What was handed to its socket in that time are the *sent* sequences. So each published
// message has one of three fates, and for the third the record says whose service had ended:
//
//   sent on a connection that lived until it closed cleanly (or still lives)  it must arrive
//   sent, but only on connections that were cut or lost                       it may be lost
//   sent on no connection                                                     it cannot arrive

/// One connection, in the order in which the venue opened them. Never reused.
using ConnectionId = StrongType<struct VenueConnectionTag, std::uint32_t>;

/// How a connection ended.
enum class ConnectionEnd : std::uint8_t {
  kOpen,    ///< It has not.
  kClosed,  ///< Both sides said so (RFC 6455, section 7.1.4).
  kCut,     ///< Reset by the venue.
  kLost,    ///< The client went without a closing handshake.
};

[[nodiscard]] constexpr std::string_view to_string(ConnectionEnd end) {
  switch (end) {
    case ConnectionEnd::kOpen: return "open";
    case ConnectionEnd::kClosed: return "closed";
    case ConnectionEnd::kCut: return "cut";
    case ConnectionEnd::kLost: return "lost";
  }
  return "unknown";
}

/// What the venue did to a connection.
enum class FaultKind : std::uint8_t {
  kCut,           ///< On command.
  kSilenced,      ///< On command: pongs and heartbeats, but no data any more.
  kAskedToLeave,  ///< On command: a close frame.
  kViolated,      ///< It broke a limit; closed with 1008.
  kTooSlow,       ///< Its outbox was full; cut.
  kRestarted,     ///< Cut with all others, when the venue went down.
};

[[nodiscard]] constexpr std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCut: return "cut";
    case FaultKind::kSilenced: return "silenced";
    case FaultKind::kAskedToLeave: return "asked to leave";
    case FaultKind::kViolated: return "violated a limit";
    case FaultKind::kTooSlow: return "too slow";
    case FaultKind::kRestarted: return "restarted";
  }
  return "unknown";
}

struct Fault {
  FaultKind kind;
  Duration at;  ///< On the venue's clock, which began with the venue.
};

struct ConnectionRecord {
  ConnectionId id;
  std::string target;  ///< Of the upgrade request, such as "/?shard=0".
  Duration opened_at{};
  std::optional<Duration> subscribed_at;  ///< When it last took on a subscription.
  std::size_t subscriptions_max = 0;      ///< The most that it had at a time.
  std::vector<Fault> faults;
  ConnectionEnd end = ConnectionEnd::kOpen;
  std::optional<Duration> ended_at;

  /// Whether what was sent on it must have arrived.
  [[nodiscard]] bool is_dependable() const {
    return end == ConnectionEnd::kOpen || end == ConnectionEnd::kClosed;
  }
};

/// The sequences from `first` to `last`, both included.
struct SequenceRange {
  Sequence first;
  Sequence last;

  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

/// One connection's time with one topic, counted in sequences.
struct Service {
  ConnectionId connection;
  Sequence after;                 ///< What was last published when it began.
  std::optional<Sequence> until;  ///< What was last published when it ended.
  std::vector<SequenceRange> sent;

  [[nodiscard]] bool has_sent(Sequence sequence) const;
};

struct TopicRecord {
  Sequence published = 0;         ///< 1 to this; all of them exist.
  std::vector<Service> services;  ///< In the order in which they began.
};

/// Thread-compatible: the venue's thread writes one; others get a copy.
class Record {
 public:
  explicit Record(std::size_t topics) : topics_(topics) {}

  ConnectionId open(std::string target, Duration now);
  void add_fault(ConnectionId connection, FaultKind kind, Duration now);
  void end(ConnectionId connection, ConnectionEnd how, Duration now);

  Sequence publish(TopicId topic) { return ++topics_[topic.value()].published; }
  void begin_service(TopicId topic, ConnectionId connection);
  void end_service(TopicId topic, ConnectionId connection);
  void note_subscribed(ConnectionId connection, std::size_t subscriptions, Duration now);
  void note_sent(TopicId topic, ConnectionId connection, Sequence sequence);

  [[nodiscard]] const std::vector<TopicRecord>& topics() const { return topics_; }
  [[nodiscard]] const TopicRecord& topic(TopicId id) const { return topics_[id.value()]; }
  [[nodiscard]] const std::vector<ConnectionRecord>& connections() const { return connections_; }
  [[nodiscard]] const ConnectionRecord& connection(ConnectionId id) const {
    return connections_[id.value()];
  }

 private:
  std::vector<TopicRecord> topics_;            // By TopicId.
  std::vector<ConnectionRecord> connections_;  // By ConnectionId.
};

/// What became of one published message, as far as the venue can know.
enum class Fate : std::uint8_t { kSentForSure, kSentAndCut, kSentToNobody };

[[nodiscard]] constexpr std::string_view to_string(Fate fate) {
  switch (fate) {
    case Fate::kSentForSure: return "sent for sure";
    case Fate::kSentAndCut: return "sent and cut";
    case Fate::kSentToNobody: return "sent to nobody";
  }
  return "unknown";
}

[[nodiscard]] Fate fate_of(const Record& record, TopicId topic, Sequence sequence);

/// The connections that `sequence` was sent on, in the order in which their services began.
[[nodiscard]] std::vector<ConnectionId> carriers_of(const Record& record, TopicId topic,
                                                    Sequence sequence);

/// Whose service had been the last to end when `sequence` was published and sent to nobody; none
/// when no connection had ever served the topic.
[[nodiscard]] std::optional<ConnectionId> last_server_before(const Record& record, TopicId topic,
                                                             Sequence sequence);

}  // namespace wsm::venue
