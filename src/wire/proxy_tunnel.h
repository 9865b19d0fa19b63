#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "wire/proxy_url.h"

namespace wsm {

/// Where a tunnel is to lead.
struct TunnelTarget {
  std::string host;  ///< Name or address in figures; IPv6 without brackets.
  std::uint16_t port = 0;

  /// "host:port", IPv6 in brackets.
  [[nodiscard]] std::string text() const;
};

/// Why a proxy did not open the way.
struct TunnelFailure {
  std::string detail;
  /// The proxy works, and says that it cannot reach the server.
  bool is_of_target = false;
  std::optional<unsigned> http_status = {};
  std::optional<Duration> retry_after = {};
};

/// Asks a proxy for a way to a server, before anything is said to the server itself.
///
///     while (progress == Progress::kNeedsMore) {
///       send(tunnel.pending_transmit()); tunnel.consume_transmit(sent);
///       progress = tunnel.receive(received);
///     }
///
/// The outcome does not depend on how the proxy's answers are cut, and none of them is longer than
/// 16 KiB. Time is bounded by the owner.
class ProxyTunnel {
 public:
  enum class Progress : std::uint8_t { kNeedsMore, kOpen, kFailed };

  ProxyTunnel() = default;
  virtual ~ProxyTunnel() = default;
  ProxyTunnel(const ProxyTunnel&) = delete;
  ProxyTunnel& operator=(const ProxyTunnel&) = delete;

  /// Takes the next bytes. After kOpen or kFailed nothing more is taken.
  virtual Progress receive(std::span<const std::byte> bytes) = 0;

  /// What is to be sent to the proxy now.
  [[nodiscard]] std::span<const std::byte> pending_transmit() const {
    return std::as_bytes(std::span{output_}).subspan(sent_);
  }
  void consume_transmit(std::size_t count) { sent_ += count; }

  /// Whether the server has been named: when that has been sent, the proxy connects to it.
  [[nodiscard]] virtual bool has_asked() const = 0;
  /// After kOpen: bytes that came behind the answer; they are the server's.
  [[nodiscard]] virtual std::span<const std::byte> rest() const = 0;
  /// After kFailed.
  [[nodiscard]] const TunnelFailure& failure() const { return failure_; }

 protected:
  void transmit(std::string_view text) { output_.append(text); }
  Progress fail(TunnelFailure failure);

 private:
  std::string output_;
  std::size_t sent_ = 0;  // Of `output_`.
  TunnelFailure failure_;
};

[[nodiscard]] constexpr std::string_view to_string(ProxyTunnel::Progress progress) {
  switch (progress) {
    case ProxyTunnel::Progress::kNeedsMore: return "needs more";
    case ProxyTunnel::Progress::kOpen: return "open";
    case ProxyTunnel::Progress::kFailed: return "failed";
  }
  return "unknown";
}

/// The tunnel that `proxy` understands.
[[nodiscard]] std::unique_ptr<ProxyTunnel> make_tunnel(const ProxyUrl& proxy,
                                                       const TunnelTarget& target);

}  // namespace wsm
