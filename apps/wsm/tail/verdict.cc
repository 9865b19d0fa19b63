#include "tail/verdict.h"

#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "tail/printable_text.h"

namespace wsm::tail {
namespace {

// A connection that lives this long without a message belongs to a quiet feed, not to a refusal.
constexpr Duration kQuietFeed = std::chrono::seconds{10};

std::string_view advice(DisconnectKind kind) {
  switch (kind) {
    case DisconnectKind::kInvalidUrl: return "Write it like wss://host/path.";
    case DisconnectKind::kResolveFailed:
      return "Check the host in the URL, and that this machine can resolve names.";
    case DisconnectKind::kConnectFailed:
      return "Is the server running, and is the port right? --retry keeps trying.";
    case DisconnectKind::kConnectTimeout: return "Is a firewall in the way? --retry keeps trying.";
    case DisconnectKind::kTlsFailed:
      return "If the server has a certificate of your own authority, give that with --ca FILE; if "
             "it is for another name, --server-name NAME; --insecure accepts any.";
    case DisconnectKind::kSourceFailed:
      return "Is it an address of this machine, of the server's family, and with a way there?";
    case DisconnectKind::kProxyFailed:
      return "Check the URL of the proxy, and what it allows. --retry keeps trying.";
    case DisconnectKind::kUpgradeRefused:
      return "Check the path of the URL, and whether the server wants a --header or a "
             "--subprotocol.";
    case DisconnectKind::kConnectionLost:
    case DisconnectKind::kClosedByServer:
      return "Check what the server expects first: --send, --subscribe. --retry keeps trying.";
    case DisconnectKind::kProtocolError: return "Is this a WebSocket server? --retry keeps trying.";
    case DisconnectKind::kHookFailed:
    case DisconnectKind::kPongTimeout:
    case DisconnectKind::kDataTimeout:
    case DisconnectKind::kReplaced:
    case DisconnectKind::kRequested:
    case DisconnectKind::kStopped: return "";
  }
  return "";
}

}  // namespace

std::optional<ExitCode> ending_for(const DisconnectReason& reason, const RunProgress& progress) {
  const auto unless_opened = [&](ExitCode code) {
    return progress.has_opened ? std::nullopt : std::optional{code};
  };
  switch (reason.kind) {
    case DisconnectKind::kInvalidUrl: return unless_opened(ExitCode::kUsage);
    case DisconnectKind::kResolveFailed: return unless_opened(ExitCode::kNameNotResolved);
    case DisconnectKind::kConnectFailed:
    case DisconnectKind::kConnectTimeout:
    case DisconnectKind::kSourceFailed:
    case DisconnectKind::kProxyFailed: return unless_opened(ExitCode::kConnectFailed);
    case DisconnectKind::kTlsFailed: return unless_opened(ExitCode::kTlsFailed);
    case DisconnectKind::kUpgradeRefused: return unless_opened(ExitCode::kUpgradeRefused);
    case DisconnectKind::kHookFailed: return unless_opened(ExitCode::kOther);
    case DisconnectKind::kConnectionLost:
    case DisconnectKind::kClosedByServer:
    case DisconnectKind::kProtocolError:
      if (progress.has_received || progress.since_opened >= kQuietFeed) return std::nullopt;
      return ExitCode::kClosedEarly;
    case DisconnectKind::kPongTimeout:
    case DisconnectKind::kDataTimeout:
    case DisconnectKind::kReplaced:
    case DisconnectKind::kRequested:
    case DisconnectKind::kStopped: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Ending> ending_for(const OutputError& error) {
  switch (error.fault) {
    case OutputFault::kReaderGone: return Ending{};
    case OutputFault::kCancelled: return std::nullopt;
    case OutputFault::kFailed: break;
  }
  return Ending{ExitCode::kOther,
                fmt::format("cannot write to stdout: {}", std::strerror(error.error_number))};
}

std::string explain(const DisconnectReason& reason, std::string_view url) {
  std::string text = printable_text(fmt::format("{}: {}", url, to_string(reason)));
  const std::string_view what_to_do = advice(reason.kind);
  if (!what_to_do.empty()) text += fmt::format("\n  {}", what_to_do);
  return text;
}

}  // namespace wsm::tail
