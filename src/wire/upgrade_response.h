#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/error.h>

#include "wire/deflate_agreement.h"
#include "wire/http_head_reader.h"
#include "wire/http_response.h"

namespace wsm {

/// Reads the server's answer to the opening handshake and checks all of it (RFC 6455, section 4.1):
/// status 101, Upgrade, Connection, the accept value, no extension and no subprotocol that was not
/// offered, and compression as it was offered.
class UpgradeResponseReader {
 public:
  enum class Progress : std::uint8_t { kNeedsMore, kAccepted, kRefused };

  UpgradeResponseReader(std::string expected_accept, std::vector<std::string> offered_subprotocols,
                        std::optional<DeflateOffer> offered_deflate = {});

  /// Takes the next bytes. After kAccepted or kRefused nothing more is taken.
  Progress receive(std::span<const std::byte> bytes);

  /// After kAccepted: the bytes behind the response, which are frames already.
  [[nodiscard]] std::span<const std::byte> rest() const { return head_.rest(); }
  /// After kAccepted: the server's choice; may be empty.
  [[nodiscard]] const std::string& subprotocol() const { return subprotocol_; }
  /// After kAccepted: none if messages are not to be compressed.
  [[nodiscard]] const std::optional<DeflateAgreement>& deflate() const { return deflate_; }
  /// After kRefused: kUpgradeRefused with status, Retry-After and what the answer said.
  [[nodiscard]] const DisconnectReason& failure() const { return failure_; }

 private:
  Progress judge(const HttpResponse& response);
  [[nodiscard]] std::string fault_of_upgrade(const HttpResponse& response) const;
  [[nodiscard]] std::string fault_of_subprotocol(const HttpResponse& response) const;
  [[nodiscard]] std::string take_extensions(const HttpResponse& response);
  Progress refuse(std::string detail);

  std::string expected_accept_;
  std::vector<std::string> offered_subprotocols_;
  std::optional<DeflateOffer> offered_deflate_;

  Progress progress_ = Progress::kNeedsMore;
  HttpHeadReader head_{"the server", "wss://"};
  std::string subprotocol_;
  std::optional<DeflateAgreement> deflate_;
  DisconnectReason failure_{.kind = DisconnectKind::kUpgradeRefused};
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
