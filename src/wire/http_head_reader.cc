#include "wire/http_head_reader.h"

#include <utility>

#include "wire/excerpt.h"

namespace wsm {

namespace {

using Progress = HttpHeadReader::Progress;

constexpr std::string_view kHttp1 = "HTTP/1.";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string_view characters(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The first byte of a TLS record with an alert or a handshake (RFC 8446, section 5.1).
bool begins_tls(char first) { return first == 0x15 || first == 0x16; }

bool is_interim(unsigned status) { return status / 100 == 1 && status != 101; }

}  // namespace

Progress HttpHeadReader::receive(std::span<const std::byte> bytes) {
  while (progress_ == Progress::kNeedsMore && !bytes.empty()) {
    head_ += static_cast<char>(bytes.front());
    bytes = bytes.subspan(1);
    std::string fault = fault_of_last(characters(bytes));
    if (!fault.empty()) return fail(std::move(fault));
    if (head_.ends_with(kHeadEnd)) finish(bytes);
  }
  return progress_;
}

/// What is wrong with the last byte of the head; `rest` came behind it.
std::string HttpHeadReader::fault_of_last(std::string_view rest) const {
  const std::size_t at = head_.size() - 1;
  if (at < kHttp1.size() && head_[at] != kHttp1[at]) {
    if (at == 0 && begins_tls(head_[0])) {
      return speaker_ + " speaks TLS on this port; use " + tls_scheme_;
    }
    return with_excerpt(speaker_ + "'s answer is not HTTP/1.1", head_ + std::string{rest});
  }
  if (head_[at] == '\n' && head_[at - 1] != '\r') {
    return speaker_ + "'s HTTP answer is malformed: a line does not end with CR LF";
  }
  if (skipped_ + head_.size() >= kBytesMax && !head_.ends_with(kHeadEnd)) {
    return "the head of " + speaker_ + "'s HTTP answer is longer than " +
           std::to_string(kBytesMax) + " bytes";
  }
  return {};
}

/// Judges the complete head. Begins anew after an informational one.
Progress HttpHeadReader::finish(std::span<const std::byte> rest) {
  auto response = parse_http_response(head_, characters(rest));
  if (!response) return fail(speaker_ + "'s HTTP answer is malformed: " + response.error());
  if (is_interim(response->status)) {
    skipped_ += head_.size();
    head_.clear();
    return progress_;
  }
  response_ = *std::move(response);
  rest_.assign(rest.begin(), rest.end());
  head_ = {};
  return progress_ = Progress::kComplete;
}

Progress HttpHeadReader::fail(std::string fault) {
  fault_ = std::move(fault);
  head_ = {};
  return progress_ = Progress::kFailed;
}

}  // namespace wsm
