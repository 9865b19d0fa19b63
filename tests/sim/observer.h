#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wsm/event.h>

#include "base/time.h"
#include "core/action.h"
#include "sim/feed.h"

namespace wsm::sim {

/// A complaint of the venue that is none when an answer was overdue.
inline constexpr std::string_view kSubscribedTwice = "subscribed twice";

/// Whoever wants to know what really happens in a world. Told by application, venue and client what
/// is true; what the core says of itself comes by handle_event() only.
class Observer {
 public:
  virtual ~Observer() = default;

  // The application.
  virtual void handle_wanted(Topic /*topic*/) {}
  virtual void handle_unwanted(Topic /*topic*/) {}

  /// reconnect_shard(); before it.
  virtual void handle_reconnect(ShardId /*shard*/) {}
  /// What on_error answers about the end of a connection; before the core is told.
  virtual void handle_error_answered(ConnectionId /*id*/, ErrorAnswer /*answer*/) {}
  /// The hooks are asked where to go, with what says whether their credentials were refused.
  virtual void handle_prepare(ConnectionId /*id*/, bool /*must_refresh*/) {}

  // The client.
  virtual void handle_dial(ConnectionId /*id*/, SourceIndex /*source*/, const Url& /*url*/) {}
  /// The name of the server has been looked up, and TCP begins.
  virtual void handle_connecting(ConnectionId /*id*/, SourceIndex /*source*/) {}
  /// A frame of any kind has been written.
  virtual void handle_frame(ConnectionId /*id*/) {}
  /// The same; that it asks for, and in how many bytes.
  virtual void handle_asked(ConnectionId /*id*/, const Request& /*request*/,
                            std::size_t /*bytes*/) {}
  /// Some shard is not read any more, by the client's choice; until handle_resumed().
  virtual void handle_paused() {}
  virtual void handle_resumed() {}
  /// The process stands still until then.
  virtual void handle_frozen(TimePoint /*until*/) {}
  /// A drain notice has been read, with the URL that it names, if it does.
  virtual void handle_drain_notice(ConnectionId /*id*/, const std::string& /*url*/) {}
  /// An answer to a request has been read, whatever it says.
  virtual void handle_answered(ConnectionId /*id*/, std::uint64_t /*request*/) {}
  /// A message has been read, of which it is not decided yet what becomes.
  virtual void handle_arrived(ConnectionId /*id*/, Topic /*topic*/, Sequence /*sequence*/) {}
  /// The application has got it.
  virtual void handle_delivered(ConnectionId /*id*/, const FeedMessage& /*message*/) {}
  /// It has not, or not yet: it is a copy, or waits for others, or is of no use to it.
  virtual void handle_withheld(ConnectionId /*id*/, const FeedMessage& /*message*/) {}
  /// The client has put a connection away. `has_read_all`: up to the end of the stream.
  virtual void handle_hung_up(ConnectionId /*id*/, bool /*has_read_all*/) {}
  virtual void handle_event(const EventKind& /*event*/) {}

  // The venue.
  virtual void handle_request(ConnectionId /*id*/, const Request& /*request*/) {}
  virtual void handle_published(Topic /*topic*/, Sequence /*sequence*/) {}
  /// The next message of a topic, whose sequence is `first`, begins its numbers anew.
  virtual void handle_renumbered(Topic /*topic*/, Sequence /*first*/) {}
  virtual void handle_sent(ConnectionId /*id*/, Topic /*topic*/, Sequence /*sequence*/) {}
  /// A ping has been answered, by its number.
  virtual void handle_pong(ConnectionId /*id*/, std::uint64_t /*number*/) {}
  /// It says that it is going to serve a topic, true or not; or that it is not.
  virtual void handle_granted(ConnectionId /*id*/, Topic /*topic*/) {}
  virtual void handle_refused(ConnectionId /*id*/, Topic /*topic*/) {}
  virtual void handle_subscribed(ConnectionId /*id*/, Topic /*topic*/) {}
  virtual void handle_unsubscribed(ConnectionId /*id*/, Topic /*topic*/) {}
  /// From now on it does not do on a connection what it ought to, or the network does not; with
  /// `topic` for that one only. It ends, is silent, or leaves something out.
  virtual void handle_hurt(ConnectionId /*id*/, std::optional<Topic> /*topic*/) {}
  /// The venue has no use for the connection any more, or can no longer reach it.
  virtual void handle_ended(ConnectionId /*id*/) {}
  virtual void handle_complaint(ConnectionId /*id*/, std::string_view /*what*/) {}
};

}  // namespace wsm::sim
