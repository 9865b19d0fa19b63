#include "venue/server.h"

#include <vector>

#include <boost/asio/ip/address_v4.hpp>

#include "venue/reply.h"

namespace wsm::venue {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kPublishInterval{5};
constexpr std::chrono::milliseconds kAcceptRetry{10};
constexpr std::uint16_t kPolicyViolation = 1008;  // RFC 6455, section 7.4.1.
constexpr std::uint16_t kServiceRestart = 1012;   // The same, by IANA's registry.
constexpr std::size_t kFrameBytesPerRequestByte = 16;

Failure<Error> not_open(ConnectionId connection) {
  return Failure{Error{Errc::kNotConnected,
                       "the venue has no open connection " + std::to_string(connection.value())}};
}

}  // namespace

Server::Server(const Options& options)
    : options_(options), exchange_(options), pacer_(options.messages_per_second) {
  schedule_publishing();
  schedule_heartbeat();
}

Result<void> Server::listen() {
  const tcp::endpoint wanted{asio::ip::address_v4::loopback(), endpoint_.port()};
  error_code error;
  acceptor_.open(wanted.protocol(), error);
  // After a restart the old connections linger in TIME_WAIT on the same port.
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error) acceptor_.bind(wanted, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) endpoint_ = acceptor_.local_endpoint(error);
  if (error) {
    error_code ignored;
    acceptor_.close(ignored);
    return Failure{Error{Errc::kNotConnected, "cannot listen on 127.0.0.1: " + error.message()}};
  }
  accept();
  return {};
}

void Server::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (!error) {
      sessions_.insert(Session::start(std::move(socket), *this,
                                      {kFrameBytesPerRequestByte * options_.limits.request_bytes,
                                       options_.limits.outbox_messages}));
      return accept();
    }
    // Out of descriptors, most likely: it would fail again at once.
    accept_timer_.expires_after(kAcceptRetry);
    accept_timer_.async_wait([this](error_code cancelled) {
      if (!cancelled && acceptor_.is_open()) accept();
    });
  });
}

Result<void> Server::cut(ConnectionId connection, FaultKind why) {
  Session* const session = find(connection);
  if (session == nullptr) return not_open(connection);
  exchange_.apply(why, connection, now());
  session->cut();
  return {};
}

Result<void> Server::silence(ConnectionId connection) {
  if (find(connection) == nullptr) return not_open(connection);
  exchange_.apply(FaultKind::kSilenced, connection, now());
  return {};
}

Result<void> Server::ask_to_leave(ConnectionId connection, std::uint16_t code,
                                  std::string_view reason) {
  Session* const session = find(connection);
  if (session == nullptr) return not_open(connection);
  exchange_.apply(FaultKind::kAskedToLeave, connection, now());
  session->close(code, reason);
  return {};
}

Result<void> Server::announce_leave(ConnectionId connection, Duration left) {
  Session* const session = find(connection);
  if (session == nullptr) return not_open(connection);
  if (!session->send({drain_notice(left), std::nullopt}))
    return cut(connection, FaultKind::kTooSlow);
  close_after(connection, left);
  return {};
}

/// Unless it has gone by then.
void Server::close_after(ConnectionId connection, Duration left) {
  const auto timer = drain_timers_.emplace(drain_timers_.end(), context_, left);
  timer->async_wait([this, timer, connection](error_code cancelled) {
    drain_timers_.erase(timer);
    if (!cancelled) (void)ask_to_leave(connection, kServiceRestart, "as announced");
  });
}

void Server::refuse_connections(Duration span) { refusing_until_ = now() + span; }

void Server::restart(Duration downtime) {
  ++exchange_.counters().restarts;
  error_code ignored;
  acceptor_.close(ignored);
  cut_all();
  reopen_after(downtime);
}

void Server::reopen_after(Duration downtime) {
  accept_timer_.expires_after(downtime);
  accept_timer_.async_wait([this](error_code cancelled) {
    if (cancelled || is_shut_down_) return;
    // Somebody else may have taken the port meanwhile; he may give it back.
    if (!listen()) reopen_after(std::chrono::milliseconds{50});
  });
}

void Server::stop_publishing() {
  is_publishing_ = false;
  publish_timer_.cancel();
}

void Server::shut_down() {
  is_shut_down_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  stop_publishing();
  heartbeat_timer_.cancel();
  accept_timer_.cancel();
  for (boost::asio::steady_timer& timer : drain_timers_) timer.cancel();
  cut_all();
}

void Server::cut_all() {
  for (const auto& [id, session] : open_) {
    exchange_.apply(FaultKind::kRestarted, id, now());
  }
  for (const auto& session : sessions_) session->cut();
}

std::optional<Refusal> Server::refusal() {
  const Duration left = refusing_until_ - now();
  if (left <= Duration{} && open_.size() < options_.limits.connections) return std::nullopt;
  ++exchange_.counters().connections_refused;
  return Refusal{std::max(std::chrono::ceil<std::chrono::seconds>(left), std::chrono::seconds{1})};
}

ConnectionId Server::handle_opened(const std::shared_ptr<Session>& session, std::string target) {
  const ConnectionId id = exchange_.handle_opened(std::move(target), now());
  open_.emplace(id, session);
  return id;
}

void Server::handle_text(Session& session, std::string_view text) {
  const auto answer = exchange_.handle_request(*session.id(), text, now());
  if (const auto* reply = std::get_if<Exchange::Reply>(&answer)) {
    if (!session.send({reply->text, std::nullopt})) (void)cut(*session.id(), FaultKind::kTooSlow);
  } else if (const auto* violation = std::get_if<Exchange::Violation>(&answer)) {
    exchange_.apply(FaultKind::kViolated, *session.id(), now());
    session.close(kPolicyViolation, violation->reason);
  }
}

void Server::handle_ping() { ++exchange_.counters().pings_received; }

void Server::handle_leaving(Session& session) { exchange_.handle_leaving(*session.id()); }

void Server::handle_sent(Session& session, const Outgoing::Data& data) {
  exchange_.handle_sent(*session.id(), data.topic, data.sequence);
}

void Server::handle_ended(const std::shared_ptr<Session>& session, ConnectionEnd how) {
  sessions_.erase(session);
  if (const auto id = session->id()) {
    open_.erase(*id);
    exchange_.handle_ended(*id, how, now());
  } else {
    ++exchange_.counters().handshakes_failed;
  }
}

void Server::schedule_publishing() {
  publish_timer_.expires_after(kPublishInterval);
  publish_timer_.async_wait([this](error_code cancelled) {
    // A wait that was over before it was cancelled ends without an error.
    if (cancelled || !is_publishing_) return;
    publish_due();
    schedule_publishing();
  });
}

void Server::publish_due() {
  std::set<ConnectionId> too_slow;
  for (auto left = pacer_.due(now()); left > 0; --left) {
    const auto publication = exchange_.publish();
    if (publication.subscribers.empty()) continue;
    const std::string text =
        data_message(publication.topic, publication.sequence, std::chrono::system_clock::now());
    for (const ConnectionId id : publication.subscribers) {
      const Outgoing::Data data{publication.topic, publication.sequence};
      if (!find(id)->send({text, data})) too_slow.insert(id);
    }
  }
  for (const ConnectionId id : too_slow) (void)cut(id, FaultKind::kTooSlow);
}

void Server::schedule_heartbeat() {
  heartbeat_timer_.expires_after(options_.heartbeat_interval);
  heartbeat_timer_.async_wait([this](error_code cancelled) {
    if (cancelled || is_shut_down_) return;
    for (const auto& [id, session] : open_) {
      // A full outbox needs no heartbeat; the next message of data will cut it.
      if (session->send({heartbeat(), std::nullopt})) ++exchange_.counters().heartbeats_sent;
    }
    schedule_heartbeat();
  });
}

std::size_t Server::messages_waiting() const {
  std::size_t count = 0;
  for (const auto& [id, session] : open_) count += session->waiting();
  return count;
}

Session* Server::find(ConnectionId connection) const {
  const auto entry = open_.find(connection);
  return entry == open_.end() ? nullptr : entry->second.get();
}

}  // namespace wsm::venue
