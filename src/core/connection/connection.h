#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <wsm/error.h>
#include <wsm/message.h>
#include <wsm/result.h>

#include "base/deadline_table.h"
#include "base/entropy.h"
#include "base/time.h"
#include "core/connection/preparation.h"
#include "core/connection/send_queue.h"
#include "core/connection/settings.h"
#include "core/connection/status.h"
#include "core/connection/traffic.h"
#include "core/health/keepalive.h"
#include "core/health/stall_detector.h"
#include "wire/message_reader.h"
#include "wire/upgrade_response.h"
#include "wire/url.h"

namespace wsm {

/// One WebSocket connection from the first question to the handler until the transport has ended.
/// Used once: a reconnect is another Connection.
///
/// Life: status.h has the table. connect_timeout covers everything up to kOpen. An open connection
/// is pinged (Keepalive) and watched for data (StallDetector). It ends by the closing handshake
/// (RFC 6455, section 7), in which what still arrives is delivered; only a lost transport, or a
/// deadline, cuts that short.
///
/// Sans-IO. Control plane: after every call that takes `now`, drain poll_action() and
/// poll_notice(), then ask next_deadline(). Data plane: prepare_receive() and commit_receive() for
/// each read, then poll_message() until it returns nothing; write pending_transmit(), then
/// consume_transmit().
///
/// What this does not do: decide whether and when to connect again. That is Shard's.
class Connection {
 public:
  // What is to be done, by whoever has the sockets and the handler.
  struct Prepare {};  ///< Ask for URL and headers; answer by handle_prepared().
  struct Dial {       ///< Answer by handle_dialed() or handle_transport_ended().
    Url url;
    TimePoint deadline;  ///< The attempt is given up then.
  };
  struct Greet {};  ///< Ask for the first messages; answer by handle_greeted().
  using Action = std::variant<Prepare, Dial, Greet>;

  // What has happened, for the owner's decisions. The end itself is status() == kClosed.
  struct Opened {
    Duration time_to_connect;
  };
  struct Stalled {  ///< No data for data_timeout. The connection stays open.
    Duration silence;
  };
  struct Doubtful {};  ///< Pings were not answered; one more, and the connection is over.
  struct Unanswered {  ///< Too many pings; the connection is over.
    Duration silence;
  };
  struct Answered {  ///< A ping of ours.
    Duration round_trip;
  };
  using Notice = std::variant<Opened, Stalled, Doubtful, Unanswered, Answered>;

  /// Asks for Prepare at once.
  Connection(const ConnectionSettings& settings, EntropySource& entropy, TimePoint now);

  // Commands.
  /// Errors: kNotConnected outside of kGreeting and kOpen, and those of SendQueue.
  Result<void> send(const OutgoingMessage& message);
  /// The same, for a request that claim_request() has allowed.
  Result<void> send_request(const OutgoingMessage& message);
  /// There is something to ask. Returns whether the request may be made now, to go at once; if not,
  /// it has a place among the messages, and next_deadline() says when to try again.
  [[nodiscard]] bool claim_request(TimePoint now) { return out_.claim_request(now); }
  /// There is nothing to ask any more.
  void withdraw_claim() { out_.withdraw_claim(); }
  /// Begins the closing handshake, or gives up what is not a WebSocket yet. The first reason given
  /// to a connection is the one it ends with. Closed after close_timeout at the latest.
  void close(DisconnectReason reason, TimePoint now);
  /// Is over at once, without a word to the server.
  void abort(DisconnectReason reason);
  /// Whether something is subscribed, so that silence means something.
  void expect_data(bool is_expected, TimePoint now);
  /// Nothing is read from an open or closing connection from now on, by our own choice: the time
  /// until resume() counts against nobody. The answer to an upgrade is read all the same.
  void pause(TimePoint now);
  void resume(TimePoint now);

  // Inputs.
  void handle_prepared(Result<Preparation, DisconnectReason> preparation, TimePoint now);
  void handle_dialed(TimePoint now);
  void handle_greeted(Result<std::vector<OutgoingMessage>, DisconnectReason> messages,
                      TimePoint now);
  /// The transport has ended, could not be made, or failed.
  void handle_transport_ended(DisconnectReason reason, TimePoint now);
  void handle_timeout(TimePoint now);

  // Data plane.
  /// Whether to read at all: false in a pause, but for the answer to an upgrade.
  [[nodiscard]] bool may_receive() const {
    return !is_paused_ || status_ == ConnectionStatus::kUpgrading;
  }
  /// Where to read the next bytes to. `shared`: see MessageReader.
  [[nodiscard]] std::span<std::byte> prepare_receive(std::span<std::byte> shared);
  void commit_receive(std::size_t count, TimePoint now);
  /// The next message of what was committed. Lifetime: until the next prepare_receive().
  [[nodiscard]] std::optional<Message> poll_message();
  /// The message polled last was data (not a heartbeat, not an acknowledgement).
  void handle_data() {
    stall_.handle_data(batch_time_);
    has_new_data_ = true;
  }

  /// What may be written now. Lifetime: until the next call that is not const.
  [[nodiscard]] std::span<const std::byte> pending_transmit(TimePoint now) {
    out_.release(now);
    return out_.pending();
  }
  void consume_transmit(std::size_t count, TimePoint now) { out_.consume(count, now); }

  /// The owner knows better why the connection is over.
  void replace_reason(DisconnectReason reason) { reason_ = std::move(reason); }

  // Outputs.
  [[nodiscard]] std::optional<Action> poll_action();
  [[nodiscard]] std::optional<Notice> poll_notice();
  /// Has there been data since this was last asked?
  [[nodiscard]] bool take_new_data() { return std::exchange(has_new_data_, false); }
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  /// Where it goes; known from handle_prepared() on.
  [[nodiscard]] const Url& url() const { return url_; }
  [[nodiscard]] ConnectionStatus status() const { return status_; }
  [[nodiscard]] bool is_open() const { return status_ == ConnectionStatus::kOpen; }
  [[nodiscard]] bool is_closed() const { return status_ == ConnectionStatus::kClosed; }
  /// Set when it was open, also afterwards.
  [[nodiscard]] std::optional<TimePoint> opened_at() const { return opened_at_; }
  /// Why it is closing or closed.
  [[nodiscard]] const std::optional<DisconnectReason>& reason() const { return reason_; }
  [[nodiscard]] const std::string& subprotocol() const { return subprotocol_; }
  [[nodiscard]] const Traffic& traffic() const { return traffic_; }
  [[nodiscard]] std::optional<Duration> last_round_trip() const;
  /// Memory for compression.
  [[nodiscard]] std::size_t compression_bytes() const {
    return reader_.compression_bytes() + out_.compression_bytes();
  }

 private:
  enum class Timer : std::uint8_t { kConnect, kClose, kCount };

  [[nodiscard]] DisconnectReason connect_timeout() const;
  [[nodiscard]] Result<void> check_sending() const;
  [[nodiscard]] Result<void> count_sent(Result<void> pushed, std::size_t bytes);
  void enter(ConnectionStatus status);
  void set_reason(DisconnectReason reason);
  void begin_closing(std::optional<CloseCode> code, std::string_view text, Duration patience,
                     TimePoint now);
  void await_end(TimePoint now);
  void set_close_time(Duration patience, TimePoint now);
  void open(TimePoint now);
  void receive_upgrade(std::span<const std::byte> bytes);
  void receive_close(std::span<const std::byte> payload);
  void receive_control(const MessageReader::Incoming& frame);
  void receive_pong(std::optional<std::uint64_t> payload);
  void fail(const ProtocolError& error);
  [[nodiscard]] bool is_text_pong(std::span<const std::byte> payload) const;
  void perform_keepalive();
  void send_ping(std::uint64_t payload);
  void check_invariants() const;

  const ConnectionSettings& settings_;
  EntropySource& entropy_;
  ConnectionStatus status_ = ConnectionStatus::kPreparing;
  DeadlineTable<Timer> deadlines_;
  std::deque<Action> actions_;
  std::deque<Notice> notices_;

  Preparation preparation_;
  Url url_;
  std::optional<UpgradeResponseReader> upgrade_;  // Exists in kUpgrading only.
  std::span<std::byte> upgrade_space_;            // What prepare_receive() gave in kUpgrading.
  std::string subprotocol_;
  std::optional<DeflateAgreement> deflate_;
  MessageReader reader_;
  SendQueue out_;
  std::optional<Keepalive> keepalive_;  // Exists from kOpen on.
  StallDetector stall_;
  bool is_data_expected_ = false;
  bool is_paused_ = false;
  std::optional<Duration> close_time_left_;  // While paused in kClosing.
  bool has_new_data_ = false;
  bool has_failed_ = false;  // The server broke the protocol; the error of reader_ stays set.
  std::optional<DisconnectReason> reason_;
  TimePoint started_at_;
  std::optional<TimePoint> opened_at_;
  TimePoint batch_time_;  // `now` of the last commit_receive().
  Traffic traffic_;
};

}  // namespace wsm
