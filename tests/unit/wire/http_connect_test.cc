#include "wire/http_connect.h"

#include <chrono>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/tunnel_talk.h"

namespace wsm {
namespace {

using ::testing::AllOf;
using testing::as_bytes;
using testing::as_text;
using ::testing::Eq;
using testing::failure_of;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
using testing::receive_bytewise;
using testing::take_output;
using Progress = ProxyTunnel::Progress;
using namespace std::chrono_literals;

const ProxyUrl kProxy{.kind = ProxyKind::kHttp, .host = "proxy.test", .port = 3128};
const ProxyUrl kProxyWithUser{.kind = ProxyKind::kHttp,
                              .host = "proxy.test",
                              .port = 3128,
                              .user = "Aladdin",
                              .password = "open sesame"};
const TunnelTarget kTarget{"server.test", 443};

TEST(HttpConnectTest, AsksForTheServer) {
  HttpConnect tunnel{kProxy, kTarget};
  EXPECT_TRUE(tunnel.has_asked());
  EXPECT_EQ(take_output(tunnel),
            "CONNECT server.test:443 HTTP/1.1\r\nHost: server.test:443\r\n\r\n");
  EXPECT_EQ(tunnel.receive(as_bytes("HTTP/1.1 200 Connection established\r\n\r\n")),
            Progress::kOpen);
}

TEST(HttpConnectTest, PutsIpv6IntoBrackets) {
  HttpConnect tunnel{kProxy, {"::1", 80}};
  EXPECT_THAT(take_output(tunnel), HasSubstr("CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n"));
}

// RFC 7617, section 2.
TEST(HttpConnectTest, SaysWhoWeAreAsTheRfcDoes) {
  HttpConnect tunnel{kProxyWithUser, kTarget};
  EXPECT_THAT(take_output(tunnel),
              HasSubstr("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"));
}

TEST(HttpConnectTest, TakesAnySuccessAndIgnoresWhatItSaysOfABody) {
  for (const auto* answer : {"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
    HttpConnect whole{kProxy, kTarget};
    EXPECT_EQ(whole.receive(as_bytes(answer)), Progress::kOpen) << answer;
    EXPECT_TRUE(whole.rest().empty());
    HttpConnect bytewise{kProxy, kTarget};
    EXPECT_EQ(receive_bytewise(bytewise, answer), Progress::kOpen) << answer;
  }
}

TEST(HttpConnectTest, LeavesWhatTheServerHasSaid) {
  HttpConnect tunnel{kProxy, kTarget};
  EXPECT_EQ(tunnel.receive(as_bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")),
            Progress::kOpen);
  EXPECT_EQ(as_text(tunnel.rest()), "hello");
}

TEST(HttpConnectTest, SaysWhatIsWrongWithUserAndPassword) {
  constexpr std::string_view kAnswer =
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n";
  const TunnelFailure without = failure_of(kProxy, kTarget, kAnswer);
  EXPECT_THAT(without.detail, AllOf(HasSubstr("HTTP 407"), HasSubstr("has no user")));
  EXPECT_THAT(without.http_status, Optional(407U));
  EXPECT_FALSE(without.is_of_target);
  EXPECT_THAT(failure_of(kProxyWithUser, kTarget, kAnswer).detail,
              AllOf(HasSubstr("does not accept"), Not(HasSubstr("sesame"))));
  EXPECT_THAT(failure_of(kProxyWithUser, kTarget, "HTTP/1.1 401 No\r\n\r\n").detail,
              HasSubstr("does not accept"));
}

TEST(HttpConnectTest, TellsFaultsOfTheServerFromThoseOfTheProxy) {
  for (const unsigned status : {301U, 400U, 403U, 404U, 429U, 500U, 503U, 101U, 502U, 504U}) {
    const TunnelFailure failure =
        failure_of(kProxy, kTarget, "HTTP/1.1 " + std::to_string(status) + " Words\r\n\r\n");
    EXPECT_EQ(failure.is_of_target, status == 502 || status == 504);
    EXPECT_THAT(failure.detail, HasSubstr("HTTP " + std::to_string(status) + " Words"));
  }
}

TEST(HttpConnectTest, PassesOnHowLongToWait) {
  const TunnelFailure failure =
      failure_of(kProxy, kTarget, "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n");
  EXPECT_THAT(failure.retry_after, Optional(Eq(Duration{7s})));
}

TEST(HttpConnectTest, FailsAtWhatIsNotHttp) {
  EXPECT_THAT(failure_of(kProxy, kTarget, "SSH-2.0-OpenSSH\r\n").detail,
              HasSubstr("the proxy's answer is not HTTP/1.1"));
  EXPECT_THAT(failure_of(kProxy, kTarget, "\x15\x03\x01").detail,
              HasSubstr("the proxy speaks TLS on this port; use https://"));
  EXPECT_THAT(failure_of(kProxy, kTarget, "HTTP/1.1 200 OK\n\n").detail, HasSubstr("CR LF"));
}

TEST(HttpConnectTest, FailsAtAHeadWithoutEnd) {
  const std::string endless = "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x');
  EXPECT_THAT(failure_of(kProxy, kTarget, endless).detail, HasSubstr("16384 bytes"));
}

}  // namespace
}  // namespace wsm
