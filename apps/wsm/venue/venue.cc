#include "venue/venue.h"

#include <future>

#include <boost/asio/post.hpp>

#include "venue/server.h"

namespace wsm::venue {
namespace {

/// What is wrong with `options`; empty when nothing is.
std::string fault_in(const Options& options) {
  if (options.topics == 0 || options.topics > kTopicsMax) return "topics must be 1 to 9,999";
  if (options.messages_per_second == 0) return "messages_per_second must be at least 1";
  if (options.heartbeat_interval <= Duration{}) return "heartbeat_interval must be positive";
  return {};
}

}  // namespace

Result<std::unique_ptr<Venue>> Venue::start(const Options& options) {
  if (auto fault = fault_in(options); !fault.empty()) {
    return Failure{Error{Errc::kInvalidArgument, std::move(fault)}};
  }
  auto server = std::make_unique<Server>(options);
  if (const auto listening = server->listen(); !listening) return Failure{listening.error()};
  return std::unique_ptr<Venue>{new Venue{std::move(server)}};
}

Venue::Venue(std::unique_ptr<Server> server)
    : server_(std::move(server)),
      url_("ws://127.0.0.1:" + std::to_string(server_->port())),
      port_(server_->port()),
      thread_([this] { server_->context().run(); }) {}

Venue::~Venue() { stop(); }

template <class Question>
auto Venue::ask(Question question) const -> decltype(question()) {
  const std::lock_guard lock{gate_};
  if (is_stopped_) return question();
  std::packaged_task<decltype(question())()> task{std::move(question)};
  auto answer = task.get_future();
  boost::asio::post(server_->context(), [&task] { task(); });
  return answer.get();
}

Result<void> Venue::cut(ConnectionId connection) {
  return ask([&] { return server_->cut(connection); });
}

Result<void> Venue::silence(ConnectionId connection) {
  return ask([&] { return server_->silence(connection); });
}

Result<void> Venue::ask_to_leave(ConnectionId connection, std::uint16_t code,
                                 std::string_view reason) {
  return ask([&] { return server_->ask_to_leave(connection, code, reason); });
}

Result<void> Venue::announce_leave(ConnectionId connection, Duration left) {
  return ask([&] { return server_->announce_leave(connection, left); });
}

void Venue::refuse_connections(Duration span) {
  ask([&] { server_->refuse_connections(span); });
}

void Venue::restart(Duration downtime) {
  ask([&] { server_->restart(downtime); });
}

void Venue::stop_publishing() {
  ask([&] { server_->stop_publishing(); });
}

void Venue::stop() {
  const std::lock_guard lock{gate_};
  if (is_stopped_) return;
  boost::asio::post(server_->context(), [this] { server_->shut_down(); });
  thread_.join();
  is_stopped_ = true;
}

Duration Venue::now() const { return server_->now(); }

Counters Venue::counters() const {
  return ask([&] { return server_->exchange().counters(); });
}

std::vector<OpenConnection> Venue::connections() const {
  return ask([&] {
    std::vector<OpenConnection> connections;
    const Exchange& exchange = server_->exchange();
    for (const ConnectionRecord& connection : exchange.record().connections()) {
      if (!exchange.is_open(connection.id)) continue;
      connections.push_back({connection.id, connection.target,
                             exchange.subscriptions(connection.id),
                             exchange.is_silenced(connection.id)});
    }
    return connections;
  });
}

std::optional<ConnectionId> Venue::busiest() const {
  return ask([&] { return server_->exchange().busiest(); });
}

std::size_t Venue::topics_in_service() const {
  return ask([&] { return server_->exchange().topics_in_service(); });
}

std::size_t Venue::messages_waiting() const {
  return ask([&] { return server_->messages_waiting(); });
}

Record Venue::record() const {
  return ask([&] { return server_->exchange().record(); });
}

}  // namespace wsm::venue
