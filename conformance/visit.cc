#include "visit.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include <wsm/wsm.h>

namespace wsm::conformance {
namespace {

using namespace std::chrono_literals;

// For the end of the closing handshake, after the end has been reported.
constexpr Duration kStopDeadline = 10s;

/// The client that a fuzzing server expects, on one connection.
class Visitor final : public WebSocketHandler<std::string> {
 public:
  Visitor(std::string url, Manners manners) : url_(std::move(url)), manners_(manners) {}

  std::string url(const ConnectionState&) override { return url_; }

  // One nameless subscription, because a shard without any would not connect.
  std::vector<std::string> subscriptions() override { return {""}; }
  std::optional<OutgoingMessage> subscription_message(std::span<const std::string>) override {
    return std::nullopt;
  }

  void on_message(const Message& message, const ConnectionState& state) override {
    if (manners_ == Manners::kEcho) {
      const auto sent = state.sender().send(message.kind() == MessageKind::kText
                                                ? OutgoingMessage::text(std::string{message.text()})
                                                : OutgoingMessage::binary(message.bytes()));
      // After a close frame nothing may follow, so an echo that comes too late is no fault.
      if (sent || sent.error().code == Errc::kNotConnected) return;
      const std::lock_guard lock{mutex_};
      report_.end = "echo not sent: " + to_string(sent.error());
      return;
    }
    const std::lock_guard lock{mutex_};
    if (message.kind() == MessageKind::kText && report_.first_text.empty()) {
      report_.first_text = message.text();
    }
  }

  ErrorAnswer on_error(const ConnectionState&, const DisconnectReason&) override {
    return ErrorAnswer::kStop;
  }

  void on_event(const Event& event) override {
    const auto* ended = std::get_if<event::Disconnected>(&event.what);
    if (ended == nullptr || ended->reason.kind == DisconnectKind::kStopped) return;
    const std::lock_guard lock{mutex_};
    if (is_over_) return;
    report_.has_begun = ended->was_open || is_by_the_judge(ended->reason);
    report_.has_ended = true;
    if (report_.end.empty()) report_.end = to_string(ended->reason);
    changed_.notify_all();
  }

  void wait(Duration patience) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [this] { return report_.has_ended; });
    is_over_ = true;
  }

  VisitReport report() {
    const std::lock_guard lock{mutex_};
    return report_;
  }

 private:
  /// A case may end before on_connect() was asked, and so before its connection counts as open; or
  /// with an answer that switches protocols and is not to be accepted.
  static bool is_by_the_judge(const DisconnectReason& reason) {
    switch (reason.kind) {
      case DisconnectKind::kClosedByServer:
      case DisconnectKind::kProtocolError:
      case DisconnectKind::kConnectionLost: return true;
      case DisconnectKind::kUpgradeRefused: return reason.http_status == 101U;
      default: return false;
    }
  }

  const std::string url_;
  const Manners manners_;
  std::mutex mutex_;
  std::condition_variable changed_;
  VisitReport report_;
  bool is_over_ = false;  // What happens from now on is our own doing.
};

/// No second attempt and nothing that the judge did not ask for: no pings, no renewal, no time-out.
Result<ShardManagerConfig, ConfigError> visitor_config(const std::string& url) {
  // Without TLS there is nothing to verify, and to load the authorities of the system takes longer
  // than most cases.
  const TlsOptions tls{.dangerously_skip_verification = url.starts_with("ws:")};
  BackoffOptions never_again;
  never_again.initial_delay = 24h;
  never_again.max_delay = 24h;
  never_again.jitter = false;
  return ShardManagerConfig::builder()
      .tls(tls)
      .low_latency_mode(true)
      .max_message_bytes(16 * 1024 * 1024)
      .compression(Compression::kOn)
      .hot_switchover(false)
      .auto_rebalance(false)
      .proactive_reconnect_interval(std::nullopt)
      .ping_interval(std::nullopt)
      .pong_timeout(std::nullopt)
      .data_timeout(std::nullopt)
      .backoff(never_again)
      .build();
}

/// The reports of the judge say more about a connection than our own lines.
class SilentLogger final : public Logger {
 public:
  void log(LogLevel, std::string_view) override {}
};

}  // namespace

VisitReport visit(const std::string& url, Manners manners, Duration patience) {
  VisitReport report;
  const auto config = visitor_config(url);
  if (!config) {
    report.end = to_string(config.error());
    return report;
  }
  const auto visitor = std::make_shared<Visitor>(url, manners);
  ShardManager manager{*config, visitor, std::make_shared<SilentLogger>()};
  if (const auto started = manager.start(); !started) {
    report.end = to_string(started.error());
    return report;
  }
  visitor->wait(patience);
  manager.stop(kStopDeadline);
  return visitor->report();  // Not before: the hook pool may be behind the end of a short visit.
}

}  // namespace wsm::conformance
