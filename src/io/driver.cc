#include "io/driver.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "base/deadline_table.h"
#include "base/overloaded.h"
#include "io/steady_clock.h"
#include "io/tls_context.h"

namespace wsm::io {

/// The transport of one connection. Each of its calls is a turn.
class Driver::Link final : public TransportListener {
 public:
  Link(Driver& driver, ConnectionId connection)
      : id(connection), transport(driver.loop_, driver.ciphertext_, *this), driver_(driver) {}

  void handle_connecting() override {
    driver_.run_turn(
        [this](Supervisor& supervisor, TimePoint now) { supervisor.handle_connecting(id, now); });
  }
  void handle_connected() override {
    is_connected = true;
    driver_.run_turn([this](Supervisor& supervisor, TimePoint now) {
      supervisor.handle_dialed(id, now);
      transport.wait_readable();
    });
  }
  void handle_connect_failed(DisconnectReason reason) override {
    driver_.run_turn([&](Supervisor& supervisor, TimePoint now) {
      supervisor.handle_transport_ended(id, std::move(reason), now);
    });
  }
  void handle_readable() override {
    if (!driver_.may_read(id)) return;
    driver_.run_turn([this](Supervisor&, TimePoint now) { driver_.receive(*this, now); });
  }
  void handle_writable() override {
    driver_.run_turn([this](Supervisor&, TimePoint now) { driver_.transmit(id, now); });
  }

  const ConnectionId id;
  Transport transport;
  bool is_connected = false;

 private:
  Driver& driver_;
};

Driver::Driver(EventLoop& loop, BlockingPool& names, Supervisor& supervisor, DriverHost& host,
               Options options)
    : loop_(loop),
      names_(loop, names),
      supervisor_(supervisor),
      host_(host),
      options_(std::move(options)),
      receive_bytes_(std::make_unique_for_overwrite<std::byte[]>(kReceiveBytes)),
      reserve_(options_.reserve_bytes_max) {
  loop_.on_alarm(
      [this] { run_turn([](Supervisor& core, TimePoint now) { core.handle_timeout(now); }); });
}

Driver::~Driver() = default;

void Driver::run_turn(const std::function<void(Supervisor&, TimePoint now)>& tell) {
  if (turn_) return tell(supervisor_, *turn_);
  turn_ = now();
  hung_up_.clear();
  supervisor_.begin_turn(*turn_);
  tell(supervisor_, *turn_);
  pump(*turn_);
  turn_.reset();
}

void Driver::pause() {
  WSM_ASSERT(turn_);
  is_paused_ = true;
  reserve_.refill();
  if (reserve_.is_none()) supervisor_.pause_receiving(*turn_);
}

void Driver::resume() {
  WSM_ASSERT(turn_);
  is_paused_ = false;
  supervisor_.resume_receiving(*turn_);
  for (auto& [id, link] : links_) {
    if (link->is_connected) link->transport.wait_readable();
  }
}

void Driver::abandon() {
  links_.clear();
  hung_up_.clear();
}

bool Driver::may_read(ConnectionId id) {
  const Connection* connection = supervisor_.connection(id);
  return !connection || connection->may_receive();
}

void Driver::pump(TimePoint now) {
  for (;;) {
    deliver_released(now);
    while (auto event = supervisor_.poll_event()) host_.handle_event(*std::move(event));
    if (const auto wanted = supervisor_.poll_action()) {
      perform(*wanted, now);
      continue;
    }
    if (const auto connection = supervisor_.poll_transmit(now)) {
      transmit(*connection, now);
      continue;
    }
    break;
  }
  supervisor_.discard_closed();
  host_.end_turn();
  loop_.set_alarm(earliest(supervisor_.next_deadline(), host_.next_deadline()));
}

void Driver::perform(const Action& wanted, TimePoint now) {
  std::visit(
      Overloaded{
          [&](const action::Prepare& a) { host_.prepare(a); },
          [&](const action::Dial& a) { dial(a); },
          [&](const action::Greet& a) { host_.greet(a.connection); },
          [&](const action::Render& a) {
            supervisor_.handle_rendered(a.connection, host_.render(a.batch), now);
          },
          [&](const action::CloseTransport& a) { hang_up(a.connection); },
          [&](const action::TellDisconnect& a) { host_.tell_disconnect(a.connection, a.reason); },
          [&](const action::AskAboutError& a) { host_.ask_about_error(a.connection, a.reason); },
          [&](const action::Forget& a) {
            if (supervisor_.is_forgettable(a.id)) host_.forget_subscription(a.id);
          },
      },
      wanted);
}

void Driver::dial(const action::Dial& wanted) {
  auto link = std::make_unique<Link>(*this, wanted.connection);
  DialTarget target{
      .host = wanted.url.host, .port = wanted.url.port, .tls = {}, .endpoints = {}, .source = {}};
  target.is_in_turn = options_.connects_are_counted;
  if (!options_.sources.empty()) target.source = options_.sources.at(wanted.source);
  if (wanted.proxy)
    target.proxy = ProxyTarget{options_.proxies.at(*wanted.proxy), options_.proxy_tls};
  if (wanted.url.is_tls) {
    target.tls = TlsTarget{options_.tls, options_.tls_server_name};
  }
  // With a proxy on the way it is to be said who was late, before the core gives up.
  const Duration left = std::max(wanted.deadline - *turn_, Duration::zero());
  const Duration timeout = wanted.proxy ? left / 50 * 49 : options_.connect_timeout;
  link->transport.dial(std::move(target), names_, timeout);
  links_.emplace(wanted.connection, std::move(link));
}

void Driver::hang_up(ConnectionId connection) {
  host_.forget_connection(connection);
  const auto link = links_.find(connection);
  if (link == links_.end()) return;  // It was never dialed.
  link->second->transport.close();
  hung_up_.push_back(std::move(link->second));
  links_.erase(link);
}

void Driver::receive(Link& link, TimePoint now) {
  const std::span buffer{receive_bytes_.get(), kReceiveBytes};
  ReadResult result{};
  std::size_t bytes = 0;
  std::size_t messages = 0;
  do {
    Connection* connection = supervisor_.connection(link.id);
    if (!connection || connection->is_closed()) break;
    result = link.transport.read(connection->prepare_receive(buffer));
    if (result.bytes == 0) break;
    connection->commit_receive(result.bytes, now);
    const Delivered delivered = deliver_messages(link.id, *connection, now);
    messages += delivered.messages;
    bytes += std::max(result.bytes, delivered.bytes);
  } while (link.transport.has_buffered_input());
  supervisor_.handle_received(link.id, now);
  if (is_paused_ && !reserve_.take(link.id.shard, messages, bytes)) {
    supervisor_.pause_receiving(link.id.shard, now);
  }
  if (result.status == ReadStatus::kEnded) {
    supervisor_.handle_transport_ended(link.id, link.transport.end_reason(), now);
  } else if (may_read(link.id)) {
    link.transport.wait_readable();
  }
}

Driver::Delivered Driver::deliver_messages(ConnectionId id, Connection& connection, TimePoint now) {
  Delivered delivered;
  while (const auto message = connection.poll_message()) {
    ++delivered.messages;
    delivered.bytes += message->size();
    const Inspected inspected = host_.inspect(*message);
    if (inspected.role == MessageRole::kData && !inspected.subscription) {
      connection.handle_data();  // Nothing that the supervisor would have to know.
      host_.deliver(id, *message, {});
      continue;
    }
    const Reception reception = supervisor_.handle_inspected(id, *message, inspected, now);
    if (reception == Reception::kDeliver) host_.deliver(id, *message, inspected.subscription);
    deliver_released(now);  // It may be what they have waited for.
  }
  return delivered;
}

void Driver::deliver_released(TimePoint now) {
  while (const auto released = supervisor_.poll_released(now)) {
    host_.deliver(released->message.connection, released->message.view(), released->id);
  }
}

/// Writes what the connection has, in one go; the rest when the kernel takes more.
void Driver::transmit(ConnectionId id, TimePoint now) {
  Connection* connection = supervisor_.connection(id);
  const auto link = links_.find(id);
  if (!connection || link == links_.end() || !link->second->is_connected) return;
  Transport& transport = link->second->transport;
  while (!connection->pending_transmit(now).empty()) {
    const std::size_t taken = transport.write(connection->pending_transmit(now));
    if (taken == 0) break;
    // Hooks of this turn may have taken their time since it began, and servers count from here.
    connection->consume_transmit(taken, io::now());
  }
  const bool is_written = connection->pending_transmit(now).empty();
  if (!is_written || !transport.is_flushed()) transport.wait_writable();
  if (is_written) supervisor_.handle_transmitted(id, now);
}

}  // namespace wsm::io
