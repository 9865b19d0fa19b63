#pragma once

#include <cstdint>
#include <string_view>

namespace wsm {

/// How the program ends. Part of its interface: scripts depend on the numbers.
enum class ExitCode : std::uint8_t {
  kOk = 0,
  kOther = 1,
  kUsage = 2,             ///< The command line: a URL, a template, a file.
  kNameNotResolved = 3,   ///< The host name has no address.
  kConnectFailed = 4,     ///< No address answered, or not in time.
  kTlsFailed = 5,         ///< The TLS handshake or the check of the certificate.
  kUpgradeRefused = 6,    ///< An HTTP answer, but no WebSocket.
  kClosedEarly = 7,       ///< The connection opened and ended before its first message.
  kNothingRequested = 8,  ///< There are topics, and not one of them could be asked for.
  kRefused = 9,           ///< There are topics, and the server has refused all of them.
  kInterrupted = 130,     ///< A second Ctrl-C: nothing was put in order.
};

[[nodiscard]] constexpr std::string_view to_string(ExitCode code) {
  switch (code) {
    case ExitCode::kOk: return "all went well, or Ctrl-C";
    case ExitCode::kOther: return "anything else";
    case ExitCode::kUsage: return "a wrong option, URL, template or file";
    case ExitCode::kNameNotResolved: return "the host name has no address";
    case ExitCode::kConnectFailed: return "connecting failed or took too long";
    case ExitCode::kTlsFailed: return "TLS or the certificate";
    case ExitCode::kUpgradeRefused: return "the server refused the WebSocket";
    case ExitCode::kClosedEarly: return "closed, or a protocol error, before the first message";
    case ExitCode::kNothingRequested: return "not a single topic could be requested";
    case ExitCode::kRefused: return "the server refused every topic (needs --error-key)";
    case ExitCode::kInterrupted: return "ended by a second Ctrl-C";
  }
  return "unknown";
}

}  // namespace wsm
