#include "core/connection/connection.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "core/health/pause.h"
#include "wire/upgrade_request.h"

namespace wsm {

Connection::Connection(const ConnectionSettings& settings, EntropySource& entropy, TimePoint now)
    : settings_(settings),
      entropy_(entropy),
      reader_({.message_bytes_max = settings.message_bytes_max}),
      out_(entropy, settings.frames),
      stall_(settings.data_timeout),
      started_at_(now),
      batch_time_(now) {
  deadlines_.set(Timer::kConnect, now + settings_.connect_timeout);
  actions_.push_back(Prepare{});
}

Result<void> Connection::send(const OutgoingMessage& message) {
  if (auto checked = check_sending(); !checked) return checked;
  return count_sent(out_.push_message(message), message.size());
}

Result<void> Connection::send_request(const OutgoingMessage& message) {
  if (auto checked = check_sending(); !checked) return checked;
  return count_sent(out_.push_request(message), message.size());
}

void Connection::close(DisconnectReason reason, TimePoint now) {
  if (status_ == ConnectionStatus::kClosing || is_closed()) return;
  const bool is_stopping = reason.kind == DisconnectKind::kStopped;
  set_reason(std::move(reason));
  if (status_ != ConnectionStatus::kGreeting && status_ != ConnectionStatus::kOpen) {
    return enter(ConnectionStatus::kClosed);
  }
  begin_closing(is_stopping ? CloseCode::kGoingAway : CloseCode::kNormal, {},
                settings_.close_timeout, now);
}

void Connection::abort(DisconnectReason reason) {
  if (is_closed()) return;
  set_reason(std::move(reason));
  enter(ConnectionStatus::kClosed);
}

void Connection::expect_data(bool is_expected, TimePoint now) {
  is_data_expected_ = is_expected;
  if (is_expected && is_open()) {
    stall_.expect(now);
  } else {
    stall_.rest();
  }
}

void Connection::pause(TimePoint now) {
  if (std::exchange(is_paused_, true)) return;
  if (keepalive_) keepalive_->pause(now);
  stall_.pause(now);
  close_time_left_ = deadlines_.take_left(Timer::kClose, now);
}

void Connection::resume(TimePoint now) {
  is_paused_ = false;
  if (keepalive_) keepalive_->resume(now);
  stall_.resume(now);
  if (const auto left = std::exchange(close_time_left_, std::nullopt)) {
    set_close_time(std::max(*left, kReadingTime), now);
  }
}

void Connection::handle_prepared(Result<Preparation, DisconnectReason> preparation, TimePoint) {
  if (status_ != ConnectionStatus::kPreparing) return;  // Given up meanwhile.
  if (!preparation) return abort(std::move(preparation).error());
  auto url = parse_url(preparation->url);
  if (!url) {
    return abort({.kind = DisconnectKind::kInvalidUrl,
                  .detail = '"' + preparation->url + "\": " + url.error().detail});
  }
  preparation_ = *std::move(preparation);
  url_ = *std::move(url);
  enter(ConnectionStatus::kDialing);
  actions_.push_back(Dial{url_, *deadlines_.at(Timer::kConnect)});
}

void Connection::handle_dialed(TimePoint) {
  if (status_ != ConnectionStatus::kDialing) return;
  HandshakeKey nonce = entropy_.handshake_key();
  auto request = encode_upgrade_request({.url = url_,
                                         .key = std::move(nonce.key),
                                         .headers = std::move(preparation_.headers),
                                         .subprotocols = preparation_.subprotocols,
                                         .deflate = settings_.deflate});
  if (!request) {
    return abort({.kind = DisconnectKind::kHookFailed, .detail = request.error().detail});
  }
  upgrade_.emplace(std::move(nonce.expected_accept), std::move(preparation_.subprotocols),
                   settings_.deflate);
  enter(ConnectionStatus::kUpgrading);
  out_.push_raw(*request);
}

void Connection::handle_greeted(Result<std::vector<OutgoingMessage>, DisconnectReason> messages,
                                TimePoint now) {
  if (status_ != ConnectionStatus::kGreeting) return;
  if (!messages) return close(std::move(messages).error(), now);
  for (const OutgoingMessage& message : *messages) {
    if (const auto sent = send(message); !sent) {
      return close(
          {.kind = DisconnectKind::kHookFailed, .detail = "on_connect: " + to_string(sent.error())},
          now);
    }
  }
  open(now);
}

void Connection::handle_transport_ended(DisconnectReason reason, TimePoint) {
  abort(std::move(reason));  // In kClosing the reason for closing came first and stays.
}

/// A hook that does not return says nothing of the server.
DisconnectReason Connection::connect_timeout() const {
  const bool is_in_hook =
      status_ == ConnectionStatus::kPreparing || status_ == ConnectionStatus::kGreeting;
  const std::string_view where{to_string(status_)};
  if (!is_in_hook) {
    return {.kind = DisconnectKind::kConnectTimeout, .detail = "while " + std::string{where}};
  }
  return {.kind = DisconnectKind::kHookFailed,
          .detail = "not returned within connect_timeout, while " + std::string{where}};
}

void Connection::handle_timeout(TimePoint now) {
  if (is_closed()) return;
  if (deadlines_.take_expired(Timer::kConnect, now)) {
    return abort(connect_timeout());
  }
  if (deadlines_.take_expired(Timer::kClose, now)) return enter(ConnectionStatus::kClosed);
  if (!is_open()) return out_.release(now);
  keepalive_->postpone_ping(out_.ping_slot(), now);
  keepalive_->handle_timeout(now);
  perform_keepalive();
  if (is_closed()) return;
  if (keepalive_->take_doubt()) notices_.emplace_back(Doubtful{});
  keepalive_->is_ping_late() ? out_.expect_ping() : out_.withdraw_ping();
  out_.release(now);  // The ping as well.
  if (const auto silence = stall_.take_stall(now)) notices_.push_back(Stalled{*silence});
}

std::optional<Connection::Action> Connection::poll_action() {
  const bool is_over = status_ == ConnectionStatus::kClosing || is_closed();
  if (actions_.empty() || is_over) return std::nullopt;
  Action action = std::move(actions_.front());
  actions_.pop_front();
  return action;
}

std::optional<Connection::Notice> Connection::poll_notice() {
  if (notices_.empty()) return std::nullopt;
  Notice notice = notices_.front();
  notices_.pop_front();
  return notice;
}

std::optional<TimePoint> Connection::next_deadline() const {
  if (is_closed()) return std::nullopt;
  auto next = earliest(deadlines_.next(), out_.next_slot());
  if (!is_open()) return next;
  return earliest(earliest(next, keepalive_->next_deadline()), stall_.next_deadline());
}

std::optional<Duration> Connection::last_round_trip() const {
  return keepalive_ ? keepalive_->last_round_trip() : std::nullopt;
}

Result<void> Connection::check_sending() const {
  if (status_ == ConnectionStatus::kOpen || status_ == ConnectionStatus::kGreeting) return {};
  return Failure{Error{Errc::kNotConnected,
                       std::string{"the connection is "} + std::string{to_string(status_)}}};
}

Result<void> Connection::count_sent(Result<void> pushed, std::size_t bytes) {
  if (!pushed) return pushed;
  ++traffic_.messages_sent;
  traffic_.bytes_sent += bytes;
  return {};
}

void Connection::enter(ConnectionStatus status) {
  WSM_ASSERT(is_legal(status_, status));
  status_ = status;
  if (status_ == ConnectionStatus::kClosing || is_closed()) stall_.rest();
  if (is_closed()) {
    deadlines_.clear_all();
    close_time_left_.reset();
    upgrade_.reset();
  }
  check_invariants();
}

void Connection::set_reason(DisconnectReason reason) {
  if (!reason_) reason_ = std::move(reason);
}

void Connection::begin_closing(std::optional<CloseCode> code, std::string_view text,
                               Duration patience, TimePoint now) {
  out_.push_close(code, text);
  deadlines_.clear(Timer::kConnect);
  set_close_time(patience, now);
  enter(ConnectionStatus::kClosing);
}

/// The closing handshake has come to its end but for TCP, which gets no more time than was left.
void Connection::await_end(TimePoint now) {
  const auto left = is_paused_ ? close_time_left_ : deadlines_.take_left(Timer::kClose, now);
  set_close_time(std::min(left.value_or(settings_.linger), settings_.linger), now);
}

void Connection::set_close_time(Duration patience, TimePoint now) {
  if (is_paused_) {
    close_time_left_ = patience;
  } else {
    deadlines_.set(Timer::kClose, now + patience);
  }
}

void Connection::open(TimePoint now) {
  deadlines_.clear(Timer::kConnect);
  opened_at_ = now;
  keepalive_.emplace(settings_.keepalive, now);
  if (deflate_) out_.compress(*deflate_);
  enter(ConnectionStatus::kOpen);
  if (is_paused_) keepalive_->pause(now);
  expect_data(is_data_expected_, now);
  notices_.push_back(Opened{now - started_at_});
}

void Connection::perform_keepalive() {
  while (const auto action = keepalive_->poll_action()) {
    if (const auto* ping = std::get_if<Keepalive::SendPing>(&*action)) {
      send_ping(ping->payload);
    } else {
      const Duration silence = std::get<Keepalive::DeclareDead>(*action).silence;
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silence).count();
      notices_.push_back(Unanswered{silence});
      // No closing handshake: whoever does not answer pings would not answer that either.
      return abort({.kind = DisconnectKind::kPongTimeout,
                    .detail = "no pong for " + std::to_string(seconds) + " s"});
    }
  }
}

void Connection::send_ping(std::uint64_t payload) {
  ++traffic_.pings_sent;
  if (settings_.text_ping) {
    return out_.push_text_ping(*settings_.text_ping);  // Validated with the configuration.
  }
  const auto bytes = std::bit_cast<std::array<std::byte, sizeof payload>>(payload);
  out_.push_ping(bytes);
}

void Connection::check_invariants() const {
  WSM_ASSERT(upgrade_.has_value() == (status_ == ConnectionStatus::kUpgrading));
  WSM_ASSERT(!is_open() || keepalive_);
  WSM_ASSERT(!is_closed() || reason_);
  WSM_ASSERT(!is_closed() || !deadlines_.next());
}

}  // namespace wsm
