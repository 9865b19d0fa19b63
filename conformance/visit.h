#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wsm/types.h>

namespace wsm::conformance {

/// What to do with the messages that arrive.
enum class Manners : std::uint8_t {
  kListen,  ///< Keep the first text.
  kEcho,    ///< Send each back as it came.
};

[[nodiscard]] constexpr std::string_view to_string(Manners manners) {
  switch (manners) {
    case Manners::kListen: return "listen";
    case Manners::kEcho: return "echo";
  }
  return "unknown";
}

/// What one connection was like.
struct VisitReport {
  bool has_begun = false;  ///< The judge accepted the upgrade.
  bool has_ended = false;  ///< Ended by the judge, however, and not by our patience.
  std::string first_text;  ///< Of kListen.
  std::string end;         ///< Why it ended, in words.
};

/// Connects to `url` once and stays until the connection ends, or for `patience`.
[[nodiscard]] VisitReport visit(const std::string& url, Manners manners, Duration patience);

}  // namespace wsm::conformance
