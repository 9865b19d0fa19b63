#include "wire/proxy_tunnel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/tunnel_talk.h"

namespace wsm {
namespace {

using testing::as_text;
using ::testing::StartsWith;
using testing::take_output;

TEST(ProxyTunnelTest, SpeaksTheLanguageOfItsProxy) {
  for (const ProxyKind kind : {ProxyKind::kSocks5, ProxyKind::kSocks5h}) {
    const auto tunnel = make_tunnel({.kind = kind, .host = "h", .port = 1}, {"server.test", 80});
    EXPECT_THAT(take_output(*tunnel), StartsWith("\x05\x01"));
  }
  for (const ProxyKind kind : {ProxyKind::kHttp, ProxyKind::kHttps}) {
    const auto tunnel = make_tunnel({.kind = kind, .host = "h", .port = 1}, {"server.test", 80});
    EXPECT_THAT(take_output(*tunnel), StartsWith("CONNECT "));
  }
}

TEST(ProxyTunnelTest, KeepsWhatCouldNotBeSentYet) {
  const auto tunnel =
      make_tunnel({.kind = ProxyKind::kHttp, .host = "h", .port = 1}, {"server.test", 80});
  tunnel->consume_transmit(8);
  EXPECT_THAT(as_text(tunnel->pending_transmit()), StartsWith("server.test:80 HTTP/1.1\r\n"));
}

TEST(TunnelTargetTest, IsWrittenWithBracketsAroundIpv6) {
  EXPECT_EQ((TunnelTarget{"server.test", 80}.text()), "server.test:80");
  EXPECT_EQ((TunnelTarget{"::1", 443}.text()), "[::1]:443");
}

}  // namespace
}  // namespace wsm
