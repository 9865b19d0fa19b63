#include "wire/socks5.h"

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
using testing::failure_of;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::receive_bytewise;
using testing::take_output;
using Progress = ProxyTunnel::Progress;
using namespace std::string_literals;

const ProxyUrl kProxy{.kind = ProxyKind::kSocks5h, .host = "proxy.test", .port = 1080};
const ProxyUrl kProxyWithUser{.kind = ProxyKind::kSocks5h,
                              .host = "proxy.test",
                              .port = 1080,
                              .user = "me",
                              .password = "secret"};
const TunnelTarget kTarget{"server.test", 443};

const std::string kNoLogin = "\x05\x00"s;
const std::string kLoginWanted = "\x05\x02"s;
const std::string kLoggedIn = "\x01\x00"s;
const std::string kGranted = "\x05\x00\x00\x01\x7f\x00\x00\x01\x10\x20"s;

std::string reply(char code) {
  return kNoLogin + "\x05"s + code + "\x00\x01\x00\x00\x00\x00\x00\x00"s;
}

TEST(Socks5Test, AsksForANameThatTheProxyLooksUp) {
  Socks5 tunnel{kProxy, kTarget};
  EXPECT_EQ(take_output(tunnel), "\x05\x01\x00"s);
  EXPECT_FALSE(tunnel.has_asked());

  EXPECT_EQ(tunnel.receive(as_bytes(kNoLogin)), Progress::kNeedsMore);
  EXPECT_TRUE(tunnel.has_asked());
  EXPECT_EQ(take_output(tunnel), "\x05\x01\x00\x03\x0bserver.test\x01\xbb"s);

  EXPECT_EQ(tunnel.receive(as_bytes(kGranted)), Progress::kOpen);
  EXPECT_EQ(take_output(tunnel), "");
  EXPECT_TRUE(tunnel.rest().empty());
}

TEST(Socks5Test, AsksForAddressesAsSuch) {
  Socks5 v4{kProxy, {"127.0.0.1", 80}};
  take_output(v4);
  EXPECT_EQ(v4.receive(as_bytes(kNoLogin)), Progress::kNeedsMore);
  EXPECT_EQ(take_output(v4), "\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50"s);

  Socks5 v6{kProxy, {"::1", 80}};
  take_output(v6);
  EXPECT_EQ(v6.receive(as_bytes(kNoLogin)), Progress::kNeedsMore);
  EXPECT_EQ(take_output(v6), "\x05\x01\x00\x04"s + std::string(15, '\0') + "\x01\x00\x50"s);
}

TEST(Socks5Test, LogsInWhereTheProxyWantsIt) {
  Socks5 tunnel{kProxyWithUser, kTarget};
  EXPECT_EQ(take_output(tunnel), "\x05\x02\x00\x02"s);
  EXPECT_EQ(tunnel.receive(as_bytes(kLoginWanted)), Progress::kNeedsMore);
  EXPECT_EQ(take_output(tunnel), "\x01\x02me\x06secret"s);
  EXPECT_FALSE(tunnel.has_asked());

  EXPECT_EQ(tunnel.receive(as_bytes(kLoggedIn)), Progress::kNeedsMore);
  EXPECT_THAT(take_output(tunnel), HasSubstr("server.test"));
  EXPECT_EQ(tunnel.receive(as_bytes(kGranted)), Progress::kOpen);
}

TEST(Socks5Test, DoesNotLogInWhereTheProxyDoesNotWantIt) {
  Socks5 tunnel{kProxyWithUser, kTarget};
  take_output(tunnel);
  EXPECT_EQ(tunnel.receive(as_bytes(kNoLogin + kGranted)), Progress::kOpen);
  EXPECT_THAT(take_output(tunnel), Not(HasSubstr("secret")));
}

TEST(Socks5Test, ReadsRepliesOfEachKindOfAddressHoweverTheyAreCut) {
  const std::string head = kNoLogin + "\x05\x00\x00"s;
  for (const std::string& address :
       {"\x01"s + std::string(4, 'a'), "\x03\x07"s + std::string(7, 'a'), "\x03\x00"s,
        "\x04"s + std::string(16, 'a')}) {
    const std::string answers = head + address + "\x00\x50"s;
    Socks5 whole{kProxy, kTarget};
    EXPECT_EQ(whole.receive(as_bytes(answers)), Progress::kOpen);
    Socks5 bytewise{kProxy, kTarget};
    EXPECT_EQ(receive_bytewise(bytewise, answers.substr(0, answers.size() - 1)),
              Progress::kNeedsMore);
    EXPECT_EQ(bytewise.receive(as_bytes(answers.substr(answers.size() - 1))), Progress::kOpen);
  }
}

TEST(Socks5Test, LeavesWhatTheServerHasSaid) {
  Socks5 tunnel{kProxy, kTarget};
  EXPECT_EQ(tunnel.receive(as_bytes(kNoLogin + kGranted + "hello")), Progress::kOpen);
  EXPECT_EQ(as_text(tunnel.rest()), "hello");
  EXPECT_EQ(tunnel.receive(as_bytes("more")), Progress::kOpen);
  EXPECT_EQ(as_text(tunnel.rest()), "hello") << "the rest is nothing of the tunnel's";
}

TEST(Socks5Test, TellsFaultsOfTheServerFromThoseOfTheProxy) {
  for (char code = 1; code <= 9; ++code) {
    const TunnelFailure failure = failure_of(kProxy, kTarget, reply(code));
    EXPECT_EQ(failure.is_of_target, (3 <= code && code <= 6) || code == 8) << failure.detail;
    EXPECT_FALSE(failure.detail.empty());
  }
  EXPECT_THAT(failure_of(kProxy, kTarget, reply(5)).detail, HasSubstr("refused"));
  EXPECT_THAT(failure_of(kProxy, kTarget, reply(2)).detail, HasSubstr("rules of the proxy"));
  EXPECT_THAT(failure_of(kProxy, kTarget, reply(9)).detail, HasSubstr("9"));
}

TEST(Socks5Test, SaysWhoDoesNotAcceptWhom) {
  EXPECT_THAT(failure_of(kProxy, kTarget, "\x05\xff"s).detail, HasSubstr("no user"));
  EXPECT_THAT(failure_of(kProxyWithUser, kTarget, "\x05\xff"s).detail, HasSubstr("neither"));
  EXPECT_THAT(failure_of(kProxyWithUser, kTarget, kLoginWanted + "\x01\x01"s).detail,
              AllOf(HasSubstr("does not accept"), Not(HasSubstr("secret"))));
}

TEST(Socks5Test, FailsAtWhatIsNotSocks5) {
  EXPECT_THAT(failure_of(kProxy, kTarget, "HTTP/1.1 400 Bad Request\r\n\r\n").detail,
              HasSubstr("does not speak SOCKS5"));
  EXPECT_THAT(failure_of(kProxy, kTarget, "\x04\x00"s).detail, HasSubstr("is 4, not 5"));
  EXPECT_THAT(failure_of(kProxy, kTarget, "\x05\x01"s).detail, HasSubstr("not offered"));
  EXPECT_THAT(failure_of(kProxy, kTarget, kLoginWanted).detail, HasSubstr("not offered"));
  EXPECT_THAT(failure_of(kProxy, kTarget, kNoLogin + "\x04\x00\x00\x01"s).detail,
              HasSubstr("not one of SOCKS5"));
  EXPECT_THAT(failure_of(kProxy, kTarget, kNoLogin + "\x05\x00\x00\x02\x00"s).detail,
              HasSubstr("unknown kind 2"));
}

}  // namespace
}  // namespace wsm
