#include "io/connector.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/assert.h"
#include "io/dial_race.h"
#include "io/disconnect_reason.h"
#include "io/event_loop.h"
#include "io/proxy_exchange.h"
#include "io/steady_clock.h"
#include "io/tls_context.h"
#include "io/tls_filter.h"
#include "io/tls_handshake.h"

namespace wsm::io {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Connector::Connector(EventLoop& loop, DialTarget target, Duration timeout, Beginning beginning,
                     Completion completion)
    : loop_(loop),
      target_(std::move(target)),
      timeout_(timeout),
      deadline_(now() + timeout),
      beginning_(std::move(beginning)),
      completion_(std::move(completion)),
      socket_(loop.context()),
      timer_(loop.context()) {}

Connector::~Connector() {
  if (exchange_) exchange_->cancel();
}

void Connector::start(NameResolver& names) {
  names_ = &names;
  tunnel_hosts_ = {target_.host};
  const bool is_name = !Endpoint::parse(target_.host, target_.port);
  if (target_.proxy && target_.proxy->url.kind == ProxyKind::kSocks5 && is_name) {
    return look_up(target_.host, target_.port, &Connector::take_target_addresses);
  }
  find_first_hop();
}

/// SOCKS5 without the proxy's own look-up: it is asked for one address after the other.
void Connector::take_target_addresses(Endpoints addresses) {
  tunnel_hosts_.clear();
  for (const Endpoint& address : addresses) tunnel_hosts_.push_back(address_text(address));
  find_first_hop();
}

void Connector::find_first_hop() {
  is_at_proxy_ = target_.proxy.has_value();
  const std::string& host = first_host();
  const std::uint16_t port = is_at_proxy_ ? target_.proxy->url.port : target_.port;
  Endpoints endpoints = target_.endpoints;
  if (endpoints.empty()) {
    // An address in figures need not wait for a thread that may be busy with a slow name.
    const auto endpoint = Endpoint::parse(host, port);
    if (!endpoint) return look_up(host, port, &Connector::connect);
    endpoints.push_back(*endpoint);
  }
  asio::post(loop_.context(), [weak = weak_from_this(), endpoints = std::move(endpoints)] {
    if (const auto self = weak.lock()) self->connect(endpoints);
  });
}

/// Whom TCP connects to.
const std::string& Connector::first_host() const {
  return is_at_proxy_ ? target_.proxy->url.host : target_.host;
}

void Connector::look_up(const std::string& host, std::uint16_t port,
                        void (Connector::*found)(Endpoints)) {
  begin_step(DisconnectKind::kResolveFailed, host + ": no address of this name", timeout_left());
  look_up_ = names_->look_up(
      host, port, [weak = weak_from_this(), found](const NameResolver::Resolved& resolved) {
        const auto self = weak.lock();
        if (!self || !self->completion_) return;
        self->look_up_.reset();
        resolved ? (*self.*found)(*resolved) : self->fail(resolved.error());
      });
}

void Connector::connect(Endpoints endpoints) {
  const auto self = shared_from_this();  // The dialer may fail at once, and end everything.
  timer_.cancel();
  ++step_;
  if (is_at_proxy_) first_hop_ = endpoints;
  if (const auto& source = target_.source) {
    std::erase_if(endpoints, [&](const Endpoint& it) { return it.is_v6() != source->is_v6(); });
    if (endpoints.empty()) {
      const std::string family = source->is_v6() ? "IPv6" : "IPv4";
      return fail(disconnect_reason(DisconnectKind::kSourceFailed,
                                    first_host() + " has no " + family + " address, which source " +
                                        address_text(*source) + " would need"));
    }
  }
  // The dialer keeps the deadline by itself.
  const auto head_start = target_.is_in_turn ? std::nullopt : std::optional{DialRace::kHeadStart};
  const auto dialer = std::make_shared<DialRace>(
      loop_.context(), std::move(endpoints), target_.source, deadline_, head_start,
      [this](DialRace::Outcome outcome) { handle_connected(std::move(outcome)); });
  dialer_ = dialer;
  dialer->start();
  if (dialer_ && !is_at_proxy_) begin();  // It may have failed at once, without a packet.
}

void Connector::begin() {
  if (!std::exchange(has_begun_, true)) beginning_();
}

void Connector::handle_connected(Result<tcp::socket, DisconnectReason> connected) {
  if (!connected) return fail(std::move(connected).error());
  socket_ = *std::move(connected);
  if (!is_at_proxy_) return secure({});
  const auto& [url, tls] = *target_.proxy;
  if (url.kind != ProxyKind::kHttps) return ask_proxy();
  filter_ = std::make_unique<TlsFilter>(tls, url.host);
  begin_step(DisconnectKind::kConnectFailed, "it did not complete the TLS handshake",
             timeout_left());
  shake_hands(&Connector::ask_proxy);
}

void Connector::shake_hands(void (Connector::*done)()) {
  handshake_ = std::make_shared<TlsHandshake>(socket_, *filter_,
                                              [this, done](const TlsHandshake::Outcome& outcome) {
                                                outcome ? (this->*done)() : fail(outcome.error());
                                              });
  // It may be replaced, or everything be over, while it starts.
  const auto handshake = handshake_;
  handshake->start();
}

void Connector::ask_proxy() {
  begin_step(DisconnectKind::kConnectFailed, "it did not open the way to " + tunnel_hosts_.front(),
             share_of_time());
  exchange_ = std::make_shared<ProxyExchange>(
      socket_, filter_.get(),
      make_tunnel(target_.proxy->url, {tunnel_hosts_.front(), target_.port}), [this] { begin(); },
      [this](const ProxyExchange::Outcome& outcome) { handle_tunnel(outcome); });
  const auto exchange = exchange_;
  exchange->start();
}

void Connector::handle_tunnel(const Result<std::vector<std::byte>, TunnelFailure>& outcome) {
  if (!outcome) return handle_tunnel_failure(outcome.error());
  is_at_proxy_ = false;
  if (!target_.tls && !outcome->empty()) {
    return fail(disconnect_reason(DisconnectKind::kUpgradeRefused,
                                  "the server spoke before it was asked for anything"));
  }
  secure(*outcome);
}

void Connector::handle_tunnel_failure(const TunnelFailure& failure) {
  if (!failure.is_of_target) {
    DisconnectReason reason = disconnect_reason(DisconnectKind::kProxyFailed, failure.detail);
    reason.http_status = failure.http_status;
    reason.retry_after = failure.retry_after;
    return fail(std::move(reason));
  }
  if (tunnel_hosts_.size() > 1) return try_next_host();
  is_at_proxy_ = false;
  fail(disconnect_reason(
      DisconnectKind::kConnectFailed,
      tunnel_hosts_.front() + ", through " + target_.proxy->url.shown() + ": " + failure.detail));
}

/// The proxy is asked for the next address of the server, on a connection of its own.
void Connector::try_next_host() {
  tunnel_hosts_.erase(tunnel_hosts_.begin());
  exchange_->cancel();
  connect(first_hop_);
}

/// TLS with the server, where it has any. `early` are bytes that it has sent already.
void Connector::secure(std::span<const std::byte> early) {
  if (!target_.tls) return succeed();
  const auto& [context, server_name] = *target_.tls;
  filter_ = std::make_unique<TlsFilter>(context, server_name.empty() ? target_.host : server_name,
                                        std::move(filter_));
  filter_->feed_early(early);
  begin_step(DisconnectKind::kConnectFailed, "the server did not complete the TLS handshake",
             timeout_left());
  shake_hands(&Connector::succeed);
}

void Connector::succeed() { finish(Connected{std::move(socket_), std::move(filter_)}); }

/// From now on this is what was wrong if `time` passes.
void Connector::begin_step(DisconnectKind kind, std::string problem, Duration time) {
  const auto milliseconds = std::chrono::round<std::chrono::milliseconds>(timeout_).count();
  problem += " within the " + std::to_string(milliseconds) + " ms allowed for connecting";
  timer_.expires_after(time);
  timer_.async_wait([weak = weak_from_this(), step = ++step_, kind,
                     problem = std::move(problem)](error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->step_ != step || !self->completion_) return;
    const bool is_asking = self->is_at_proxy_ && self->exchange_;
    if (is_asking && self->tunnel_hosts_.size() > 1) return self->try_next_host();
    self->fail(disconnect_reason(kind, problem));
  });
}

Duration Connector::timeout_left() const { return std::max(Duration::zero(), deadline_ - now()); }

/// Of the time that is left, that of the next address that the proxy is asked for.
Duration Connector::share_of_time() const {
  return timeout_left() / static_cast<Duration::rep>(tunnel_hosts_.size());
}

/// Until the way is open, whatever fails beyond this machine is the proxy's.
void Connector::fail(DisconnectReason reason) {
  if (is_at_proxy_ && reason.kind != DisconnectKind::kSourceFailed) {
    std::string what = target_.proxy->url.shown() + ": ";
    if (reason.kind == DisconnectKind::kTlsFailed ||
        reason.kind == DisconnectKind::kResolveFailed) {
      what.append(to_string(reason.kind)).append(": ");
    }
    reason.kind = DisconnectKind::kProxyFailed;
    reason.detail.insert(0, what);
  }
  finish(Failure{std::move(reason)});
}

void Connector::finish(Outcome outcome) {
  // What still comes in belongs to nobody. The socket of a failure goes with the connector.
  timer_.cancel();
  look_up_.reset();
  dialer_.reset();
  handshake_.reset();
  exchange_.reset();
  const auto completion = std::exchange(completion_, nullptr);
  WSM_ASSERT(completion != nullptr);
  completion(std::move(outcome));
}

}  // namespace wsm::io
