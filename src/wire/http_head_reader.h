#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http_response.h"

namespace wsm {

/// Collects the head of an HTTP answer, however it is cut, and skips the informational responses
/// that may come before it (RFC 9110, section 15.2; 101 is final for whoever asks for an upgrade).
class HttpHeadReader {
 public:
  enum class Progress : std::uint8_t { kNeedsMore, kComplete, kFailed };

  /// Status line and headers together, with those of informational responses; more is a fault.
  static constexpr std::size_t kBytesMax = std::size_t{16} * 1024;

  /// For the words of a fault: who answers ("the server"), and the scheme of a URL that would have
  /// spoken TLS to it ("wss://").
  HttpHeadReader(std::string_view speaker, std::string_view tls_scheme)
      : speaker_(speaker), tls_scheme_(tls_scheme) {}

  /// Takes the next bytes. After kComplete or kFailed nothing more is taken. Each byte is judged by
  /// itself and what is before it, so that the outcome does not depend on how the answer was cut.
  Progress receive(std::span<const std::byte> bytes);

  /// After kComplete.
  [[nodiscard]] const HttpResponse& response() const { return response_; }
  /// After kComplete: the bytes behind the head that came with it.
  [[nodiscard]] std::span<const std::byte> rest() const { return rest_; }
  /// After kFailed: what is wrong with the answer.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  [[nodiscard]] std::string fault_of_last(std::string_view rest) const;
  Progress finish(std::span<const std::byte> rest);
  Progress fail(std::string fault);

  std::string speaker_;
  std::string tls_scheme_;
  Progress progress_ = Progress::kNeedsMore;
  std::string head_;         // As far as it is here.
  std::size_t skipped_ = 0;  // Bytes of the heads before it.
  HttpResponse response_;
  std::vector<std::byte> rest_;
  std::string fault_;
};

[[nodiscard]] constexpr std::string_view to_string(HttpHeadReader::Progress progress) {
  switch (progress) {
    case HttpHeadReader::Progress::kNeedsMore: return "needs more";
    case HttpHeadReader::Progress::kComplete: return "complete";
    case HttpHeadReader::Progress::kFailed: return "failed";
  }
  return "unknown";
}

}  // namespace wsm
