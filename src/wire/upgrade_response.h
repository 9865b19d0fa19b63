#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/error.h>

#include "wire/http_response.h"

namespace wsm {

/// Reads the server's answer to the opening handshake and checks all of it (RFC 6455, section 4.1):
/// status 101, Upgrade, Connection, the accept value, no extension and no subprotocol that was not
/// offered.
class UpgradeResponseReader {
 public:
  enum class Progress : std::uint8_t { kNeedsMore, kAccepted, kRefused };

  /// Status line and headers together, with those of informational responses before the final one;
  /// a server that sends more is refused.
  static constexpr std::size_t kHeaderBytesMax = std::size_t{16} * 1024;

  UpgradeResponseReader(std::string expected_accept, std::vector<std::string> offered_subprotocols);

  /// Takes the next bytes. After kAccepted or kRefused nothing more is taken.
  Progress receive(std::span<const std::byte> bytes);

  /// After kAccepted: the bytes behind the response, which are frames already.
  [[nodiscard]] std::span<const std::byte> rest() const { return rest_; }
  /// After kAccepted: the server's choice; may be empty.
  [[nodiscard]] const std::string& subprotocol() const { return subprotocol_; }
  /// After kRefused: kUpgradeRefused with status, Retry-After and what the answer said.
  [[nodiscard]] const DisconnectReason& failure() const { return failure_; }

 private:
  /// Judges the complete head; `rest` came behind it. Begins anew after an informational one.
  Progress finish(std::span<const std::byte> rest);
  [[nodiscard]] std::string fault_of_upgrade(const HttpResponse& response) const;
  [[nodiscard]] std::string fault_of_subprotocol(const HttpResponse& response) const;
  Progress refuse(std::string detail);

  std::string expected_accept_;
  std::vector<std::string> offered_subprotocols_;

  Progress progress_ = Progress::kNeedsMore;
  std::string head_;         // Of the response, as far as it is here.
  std::size_t skipped_ = 0;  // Bytes of the heads before it.
  std::vector<std::byte> rest_;
  std::string subprotocol_;
  DisconnectReason failure_{DisconnectKind::kUpgradeRefused, {}, {}, {}, {}};
};

[[nodiscard]] constexpr std::string_view to_string(UpgradeResponseReader::Progress progress) {
  switch (progress) {
    case UpgradeResponseReader::Progress::kNeedsMore: return "needs more";
    case UpgradeResponseReader::Progress::kAccepted: return "accepted";
    case UpgradeResponseReader::Progress::kRefused: return "refused";
  }
  return "unknown";
}

}  // namespace wsm
