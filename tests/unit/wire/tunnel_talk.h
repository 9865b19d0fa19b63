#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "unit/wire/server_frames.h"
#include "wire/proxy_tunnel.h"

namespace wsm::testing {

/// Takes out what `tunnel` wants to say.
inline std::string take_output(ProxyTunnel& tunnel) {
  const std::string text = as_text(tunnel.pending_transmit());
  tunnel.consume_transmit(text.size());
  return text;
}

inline ProxyTunnel::Progress receive_bytewise(ProxyTunnel& tunnel, std::string_view answers) {
  auto progress = ProxyTunnel::Progress::kNeedsMore;
  for (const char& c : answers) {
    if (progress != ProxyTunnel::Progress::kNeedsMore) break;
    progress = tunnel.receive(as_bytes({&c, 1}));
  }
  return progress;
}

/// The failure that `answers` end in, which is the same when they come byte by byte.
inline TunnelFailure failure_of(const ProxyUrl& proxy, const TunnelTarget& target,
                                std::string_view answers) {
  const auto whole = make_tunnel(proxy, target);
  EXPECT_EQ(whole->receive(as_bytes(answers)), ProxyTunnel::Progress::kFailed);
  const auto bytewise = make_tunnel(proxy, target);
  EXPECT_EQ(receive_bytewise(*bytewise, answers), ProxyTunnel::Progress::kFailed);
  EXPECT_EQ(whole->failure().detail.find(bytewise->failure().detail), 0U)
      << whole->failure().detail << "\n"
      << bytewise->failure().detail;
  EXPECT_EQ(bytewise->failure().is_of_target, whole->failure().is_of_target);
  EXPECT_EQ(bytewise->failure().http_status, whole->failure().http_status);
  return whole->failure();
}

}  // namespace wsm::testing
