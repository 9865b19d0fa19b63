// Hostile proxies, and hostile URLs of proxies: never a crash, the same outcome for every cut, and
// nothing of a password in what is said about it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "fuzz/cuts.h"
#include "unit/wire/server_frames.h"
#include "wire/proxy_tunnel.h"

using wsm::ProxyKind;
using wsm::ProxyTunnel;
using wsm::testing::as_text;
using Bytes = std::span<const std::byte>;

namespace {

struct Outcome {
  ProxyTunnel::Progress progress;
  std::string sent;
  std::string rest;
  bool is_of_target;
  bool has_asked;
};

Outcome talk(const wsm::ProxyUrl& proxy, Bytes answers, std::span<const std::size_t> cuts) {
  const auto tunnel = wsm::make_tunnel(proxy, {"server.test", 443});
  Outcome outcome{ProxyTunnel::Progress::kNeedsMore, {}, {}, false, false};
  std::size_t begin = 0;
  const auto feed_until = [&](std::size_t end) {
    const auto pending = tunnel->pending_transmit();
    outcome.sent += as_text(pending);
    tunnel->consume_transmit(pending.size());
    if (outcome.progress == ProxyTunnel::Progress::kNeedsMore) {
      outcome.progress = tunnel->receive(answers.subspan(begin, end - begin));
      begin = end;
    }
  };
  for (const std::size_t cut : cuts) feed_until(cut);
  feed_until(answers.size());
  const auto pending = tunnel->pending_transmit();
  outcome.sent += as_text(pending);
  if (outcome.progress == ProxyTunnel::Progress::kOpen) {
    outcome.rest = as_text(tunnel->rest()) + as_text(answers.subspan(begin));
  }
  outcome.is_of_target = tunnel->failure().is_of_target;
  outcome.has_asked = tunnel->has_asked();
  const bool has_failed = outcome.progress == ProxyTunnel::Progress::kFailed;
  WSM_ASSERT(has_failed != tunnel->failure().detail.empty());
  // What the proxy itself says may be anything.
  WSM_ASSERT(tunnel->failure().detail.find("s3cr3t") == std::string::npos ||
             as_text(answers).find("s3cr3t") != std::string::npos);
  return outcome;
}

void check_url(std::string_view text) {
  const auto url = wsm::parse_proxy_url(text);
  if (!url) return;
  WSM_ASSERT(!url->host.empty() && url->port != 0);
  const auto again = wsm::parse_proxy_url(url->shown());
  WSM_ASSERT(again && again->host == url->host && again->port == url->port);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array kKinds{ProxyKind::kSocks5, ProxyKind::kSocks5h, ProxyKind::kHttp,
                              ProxyKind::kHttps};
  const auto answers = std::as_bytes(std::span{data, size}).subspan(1);
  wsm::ProxyUrl proxy{.kind = kKinds[data[0] & 3U], .host = "proxy.test", .port = 1080};
  if ((data[0] & 4U) != 0) {
    proxy.user = "user";
    proxy.password = "s3cr3t";
  }

  const Outcome whole = talk(proxy, answers, {});
  const Outcome cut = talk(proxy, answers, wsm::fuzz::cuts_of(answers));
  WSM_ASSERT(cut.progress == whole.progress && cut.sent == whole.sent && cut.rest == whole.rest);
  WSM_ASSERT(cut.is_of_target == whole.is_of_target && cut.has_asked == whole.has_asked);
  check_url(as_text(answers));
  return 0;
}
