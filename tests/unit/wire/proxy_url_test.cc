#include "wire/proxy_url.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

ProxyUrl parsed(std::string_view text) {
  auto url = parse_proxy_url(text);
  EXPECT_TRUE(url) << text << ": " << (url ? "" : url.error().detail);
  return url.value_or(ProxyUrl{});
}

std::string fault_of(std::string_view text) {
  const auto url = parse_proxy_url(text);
  EXPECT_FALSE(url) << text;
  return url ? "no fault" : url.error().detail;
}

TEST(ProxyUrlTest, HasKindHostPortUserAndPassword) {
  EXPECT_EQ(parsed("socks5://u:p@proxy.test:9050"), (ProxyUrl{.kind = ProxyKind::kSocks5,
                                                              .host = "proxy.test",
                                                              .port = 9050,
                                                              .user = "u",
                                                              .password = "p"}));
  EXPECT_EQ(parsed("SOCKS5h://proxy.test").kind, ProxyKind::kSocks5h);
  EXPECT_EQ(parsed("http://proxy.test/").kind, ProxyKind::kHttp);
  EXPECT_EQ(parsed("https://proxy.test").kind, ProxyKind::kHttps);
}

TEST(ProxyUrlTest, TakesTheUsualPortWhenItHasNone) {
  EXPECT_EQ(parsed("socks5://h").port, 1080);
  EXPECT_EQ(parsed("socks5h://h").port, 1080);
  EXPECT_EQ(parsed("http://h").port, 80);
  EXPECT_EQ(parsed("https://h").port, 443);
}

TEST(ProxyUrlTest, ReadsAddresses) {
  EXPECT_EQ(parsed("http://127.0.0.1:3128").host, "127.0.0.1");
  EXPECT_EQ(parsed("socks5://[::1]:1080").host, "::1");
  EXPECT_EQ(parsed("socks5://[::1]:1080").shown(), "socks5://[::1]:1080");
}

TEST(ProxyUrlTest, DecodesUserAndPassword) {
  const ProxyUrl url = parsed("http://a%40b:p%3Aq%2Fr%25@h:1");
  EXPECT_EQ(url.user, "a@b");
  EXPECT_EQ(url.password, "p:q/r%");
}

TEST(ProxyUrlTest, MayHaveAUserWithoutAPassword) {
  EXPECT_EQ(parsed("socks5://u@h").user, "u");
  EXPECT_EQ(parsed("socks5://u@h").password, "");
}

TEST(ProxyUrlTest, IsShownWithoutUserAndPassword) {
  EXPECT_EQ(parsed("socks5h://user:secret@h").shown(), "socks5h://h:1080");
}

TEST(ProxyUrlTest, NamesTheSchemesThereAre) {
  EXPECT_THAT(fault_of("socks4://h"), AllOf(HasSubstr("socks4"), HasSubstr("socks5://")));
  EXPECT_THAT(fault_of("h:1080"), HasSubstr("no scheme"));
  EXPECT_THAT(fault_of("//h:1080"), HasSubstr("no scheme"));
}

TEST(ProxyUrlTest, HasNothingBehindItsPort) {
  for (const auto* text : {"http://h/path", "http://h?q", "http://h#f", "http://h/#"}) {
    EXPECT_THAT(fault_of(text), HasSubstr("ends behind its port")) << text;
  }
}

TEST(ProxyUrlTest, HasAHostAndAPossiblePort) {
  EXPECT_THAT(fault_of("http://"), HasSubstr("no host"));
  EXPECT_THAT(fault_of("http://:80"), HasSubstr("no host"));
  EXPECT_THAT(fault_of("http://h:0"), HasSubstr("65535"));
  EXPECT_THAT(fault_of("http://" + std::string(255, 'a')), HasSubstr("longer than any name"));
}

TEST(ProxyUrlTest, HasAUserWhereThereIsAPassword) {
  EXPECT_THAT(fault_of("socks5://:p@h"), HasSubstr("no user"));
}

TEST(ProxyUrlTest, HasNoMoreThanTheProtocolCarries) {
  const std::string long_one(256, 'x');
  EXPECT_THAT(fault_of("socks5://" + long_one + ":p@h"), HasSubstr("255"));
  EXPECT_THAT(fault_of("socks5://u:" + long_one + "@h"), HasSubstr("255"));
  EXPECT_EQ(parsed("http://u:" + long_one + "@h").password, long_one);
  EXPECT_THAT(fault_of("http://u%3Av:p@h"), HasSubstr("colon"));
  EXPECT_THAT(fault_of("http://u:p%0d%0aX-Evil: 1@h"), HasSubstr("space"));
  EXPECT_THAT(fault_of("http://u:p%0d%0aX@h"), HasSubstr("control character"));
  EXPECT_EQ(parsed("socks5://u%3Av:%00@h").password, std::string(1, '\0'));
}

TEST(ProxyUrlTest, NeverRepeatsAPassword) {
  for (const auto* text : {"socks4://u:secret@h", "http://u:secret@h/path", "http://u:secret@",
                           "http://u:secret@h:x", "http://u:secret/@h", "http://u:secret@h@i",
                           "http://u:12secret/@h", "http://u%3A:secret@h", "http://:secret@h"}) {
    EXPECT_THAT(fault_of(text), Not(HasSubstr("secret"))) << text;
  }
}

TEST(ProxyUrlTest, NorWhatMayBeTheBeginningOfOne) {
  for (const auto* text : {"socks5://u:8675309/7@h:1080", "http://u:8675309#x@h"}) {
    EXPECT_THAT(fault_of(text), AllOf(HasSubstr("65535"), Not(HasSubstr("8675309")))) << text;
  }
}

}  // namespace
}  // namespace wsm
