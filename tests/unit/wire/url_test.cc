#include "wire/url.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// The parts of a URL that is expected to be good.
Url parsed(std::string_view text) {
  auto url = parse_url(text);
  EXPECT_TRUE(url) << text << ": " << (url ? "" : url.error().detail);
  return url.value_or(Url{});
}

std::string fault_of(std::string_view text) {
  const auto url = parse_url(text);
  EXPECT_FALSE(url) << text;
  if (url) return "no fault";
  EXPECT_EQ(url.error().code, Errc::kInvalidArgument);
  return url.error().detail;
}

TEST(UrlTest, HasSchemeHostPortAndTarget) {
  EXPECT_EQ(parsed("ws://example.com:8080/a/b?c=d&e"),
            (Url{.is_tls = false, .host = "example.com", .port = 8080, .target = "/a/b?c=d&e"}));
}

TEST(UrlTest, TakesThePortOfTheSchemeWhenItHasNone) {
  EXPECT_EQ(parsed("ws://h/").port, 80);
  EXPECT_EQ(parsed("wss://h/").port, 443);
  EXPECT_EQ(parsed("ws://h:/").port, 80);
}

TEST(UrlTest, ReadsTheSchemeInAnyCase) {
  EXPECT_TRUE(parsed("WSS://h/").is_tls);
  EXPECT_FALSE(parsed("Ws://h/").is_tls);
}

TEST(UrlTest, HasASlashAsTargetAtLeast) {
  EXPECT_EQ(parsed("ws://h").target, "/");
  EXPECT_EQ(parsed("ws://h:81").target, "/");
  EXPECT_EQ(parsed("ws://h?q").target, "/?q");
  EXPECT_EQ(parsed("ws://h/?").target, "/?");
}

TEST(UrlTest, LeavesTheTargetAsItWasWritten) {
  EXPECT_EQ(parsed("ws://h/a%20b/../c;d@e:f?x=%7B%22a%22%7D/?:@").target,
            "/a%20b/../c;d@e:f?x=%7B%22a%22%7D/?:@");
}

TEST(UrlTest, ReadsAddresses) {
  EXPECT_EQ(parsed("ws://127.0.0.1:9000/").host, "127.0.0.1");
  EXPECT_EQ(parsed("ws://[::1]:9000/").host, "::1");
  EXPECT_EQ(parsed("wss://[2001:db8::1]/").host, "2001:db8::1");
}

TEST(UrlTest, DecodesTheHost) { EXPECT_EQ(parsed("ws://ex%61mple.com/").host, "example.com"); }

TEST(UrlTest, ReadsEveryPort) {
  EXPECT_EQ(parsed("ws://h:1/").port, 1);
  EXPECT_EQ(parsed("ws://h:65535/").port, 65535);
}

TEST(UrlTest, WritesAnAuthorityForTheHostHeader) {
  EXPECT_EQ(parsed("ws://h/").authority(), "h");
  EXPECT_EQ(parsed("ws://h:80/").authority(), "h");
  EXPECT_EQ(parsed("ws://h:443/").authority(), "h:443");
  EXPECT_EQ(parsed("wss://h:443/").authority(), "h");
  EXPECT_EQ(parsed("wss://h:80/").authority(), "h:80");
  EXPECT_EQ(parsed("ws://[::1]/").authority(), "[::1]");
  EXPECT_EQ(parsed("ws://[::1]:81/").authority(), "[::1]:81");
}

TEST(UrlTest, AnEndpointAlwaysHasItsPort) {
  EXPECT_EQ(parsed("ws://h/a?b").endpoint(), "h:80");
  EXPECT_EQ(parsed("wss://h/").endpoint(), "h:443");
  EXPECT_EQ(parsed("wss://[::1]:81/").endpoint(), "[::1]:81");
}

TEST(UrlTest, SaysThatTheSchemeIsMissing) {
  for (const std::string_view text : {"example.com", "example.com/ws", "localhost:8080/ws", "//h/",
                                      "://h/", "/ws", "h/?u=ws://x", "ws:/h", "ws:h"}) {
    EXPECT_THAT(fault_of(text), HasSubstr("no scheme")) << text;
  }
  EXPECT_EQ(fault_of(""), "the URL is empty");
}

TEST(UrlTest, SaysWhichSchemeToWriteInstead) {
  EXPECT_THAT(fault_of("http://h/"), HasSubstr("write ws:// instead of http://"));
  EXPECT_THAT(fault_of("HTTPS://h/"), HasSubstr("write wss:// instead of https://"));
  EXPECT_THAT(fault_of("ftp://h/"), HasSubstr("is ftp, not ws or wss"));
  EXPECT_THAT(fault_of("wsss://h/"), HasSubstr("is wsss, not ws or wss"));
}

TEST(UrlTest, SaysThatTheHostIsMissing) {
  for (const std::string_view text : {"ws://", "ws:///path", "ws://:80/", "ws://?q"}) {
    EXPECT_THAT(fault_of(text), HasSubstr("no host")) << text;
  }
}

TEST(UrlTest, SaysThatThePortIsNone) {
  EXPECT_THAT(fault_of("ws://h:0/"), HasSubstr("port of the URL is 0,"));
  EXPECT_THAT(fault_of("ws://h:65536/"), HasSubstr("port of the URL is 65536,"));
  EXPECT_THAT(fault_of("ws://h:99999999999999999999/"), HasSubstr("ports go from 1 to 65535"));
  EXPECT_THAT(fault_of("ws://h:80a/"), HasSubstr("host or port of the URL cannot be read: h:80a"));
  EXPECT_THAT(fault_of("ws://h:-1/"), HasSubstr("host or port"));
}

TEST(UrlTest, SaysThatItHasAFragment) {
  EXPECT_THAT(fault_of("ws://h/p#part"), HasSubstr("fragment"));
  EXPECT_THAT(fault_of("ws://h/#"), HasSubstr("fragment"));
}

TEST(UrlTest, SaysThatItHasAUserAndDoesNotRepeatThePassword) {
  for (const std::string_view text : {"ws://user@h/", "ws://user:secret@h/", "ws://:secret@h:80/",
                                      "ws://user:secret@h:port/", "ws://user:secret@[h]/"}) {
    EXPECT_THAT(fault_of(text), AllOf(Not(HasSubstr("secret")), Not(HasSubstr("fragment"))));
  }
  EXPECT_THAT(fault_of("ws://user:secret@h/"), HasSubstr("user or password"));
}

TEST(UrlTest, SaysThatBracketsHoldNoAddress) {
  for (const std::string_view text :
       {"ws://[]/", "ws://[::1/", "ws://[1.2.3.4]/", "ws://[::1]80/", "ws://[v1.x]/", "ws://[h]/",
        "ws://[::1%25eth0]/", "ws://[1:2:3]/"}) {
    EXPECT_THAT(fault_of(text), HasSubstr("brackets")) << text;
  }
}

TEST(UrlTest, SaysWhichCharacterCannotBeThere) {
  EXPECT_EQ(fault_of("ws://h/a b"), "character 9 of the URL is a space; write it as %20");
  EXPECT_THAT(fault_of("ws://h/{\"a\"}"), HasSubstr("character 8 of the URL is {, which must"));
  EXPECT_THAT(fault_of("ws://h/\r\nX: y"), HasSubstr("a control character"));
  EXPECT_THAT(fault_of(std::string_view{"ws://h/\0", 8}), HasSubstr("a control character"));
  EXPECT_THAT(fault_of("ws://m\xc3\xbcnchen/"), HasSubstr("xn-- form"));
  EXPECT_THAT(fault_of("ws://h/a[b]"), HasSubstr("path or query"));
}

TEST(UrlTest, SaysThatAnEscapeIsIncomplete) {
  for (const std::string_view text : {"ws://h/%", "ws://h/%2", "ws://h/%zz", "ws://h%4/"}) {
    EXPECT_THAT(fault_of(text), HasSubstr("two hexadecimal digits")) << text;
  }
}

TEST(UrlTest, LetsNothingIntoTheHostThatNoNameHas) {
  for (const std::string_view text :
       {"ws://a%0d%0ab/", "ws://a%00b/", "ws://a%20b/", "ws://a%2fb/", "ws://a%40b/", "ws://a%3ab/",
        "ws://m%C3%BCnchen/", "ws://a!b/", "ws://a,b/"}) {
    EXPECT_THAT(fault_of(text), HasSubstr("that no name has")) << text;
  }
}

}  // namespace
}  // namespace wsm
