#include "wire/http_response.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

HttpResponse parsed(std::string_view head, std::string_view rest = "") {
  auto response = parse_http_response(head, rest);
  EXPECT_TRUE(response) << (response ? "" : response.error());
  return response ? *std::move(response) : HttpResponse{};
}

bool is_malformed(std::string_view head) {
  const auto response = parse_http_response(head, "");
  return !response && !response.error().empty();
}

TEST(HttpResponseTest, HasStatusReasonAndHeaders) {
  const HttpResponse response = parsed(
      "HTTP/1.1 404 Not Found\r\n"
      "Server: x\r\n"
      "Retry-After:  7 \r\n"
      "\r\n");

  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(response.reason, "Not Found");
  EXPECT_TRUE(response.is_http_1_1);
  EXPECT_THAT(response.headers, ElementsAre(Header{"Server", "x"}, Header{"Retry-After", "7"}));
}

TEST(HttpResponseTest, MayHaveNeitherReasonNorHeaders) {
  const HttpResponse response = parsed("HTTP/1.0 503 \r\n\r\n");

  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(response.reason, "Service Unavailable");
  EXPECT_FALSE(response.is_http_1_1);
  EXPECT_THAT(response.headers, IsEmpty());
}

TEST(HttpResponseTest, FindsAllValuesOfANameInAnyCase) {
  const HttpResponse response = parsed("HTTP/1.1 200 OK\r\nVia: a\r\nX: b\r\nvia: c\r\n\r\n");

  EXPECT_THAT(response.values("VIA"), ElementsAre("a", "c"));
  EXPECT_THAT(response.values("Y"), IsEmpty());
}

TEST(HttpResponseTest, TakesTheBodyThatCameWithIt) {
  EXPECT_EQ(parsed("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\n", "denied").body_begin, "denied");
  EXPECT_EQ(parsed("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\n", "den").body_begin, "den");
  EXPECT_EQ(parsed("HTTP/1.1 403 No\r\nContent-Length: 3\r\n\r\n", "denied").body_begin, "den");
  EXPECT_EQ(parsed("HTTP/1.1 403 No\r\n\r\n", "denied").body_begin, "denied");
  EXPECT_EQ(parsed("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "more").body_begin, "");
}

TEST(HttpResponseTest, TakesChunksOutOfTheirFraming) {
  const std::string_view head = "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n";

  EXPECT_EQ(parsed(head, "3\r\nden\r\n3\r\nied\r\n0\r\n\r\n").body_begin, "denied");
  EXPECT_EQ(parsed(head, "6\r\ndeni").body_begin, "deni");
  EXPECT_EQ(parsed(head, "3\r\nden\r\nnonsense").body_begin, "den");
}

TEST(HttpResponseTest, KeepsTheHeadOfABodyThatIsTooLong) {
  for (const std::string_view length : {"8388609", "4294967296", "18446744073709551615"}) {
    const HttpResponse response =
        parsed("HTTP/1.1 503 Busy\r\nContent-Length: " + std::string{length} +
                   "\r\nRetry-After: 7\r\n\r\n",
               "busy");

    EXPECT_EQ(response.status, 503U) << length;
    EXPECT_THAT(response.values("Retry-After"), ElementsAre("7")) << length;
    EXPECT_EQ(response.body_begin, "") << length;
  }
}

TEST(HttpResponseTest, HasNoBodyWhenItSwitchesProtocols) {
  EXPECT_EQ(parsed("HTTP/1.1 101 Switching Protocols\r\n\r\n", "\x81\x01x").body_begin, "");
}

TEST(HttpResponseTest, RejectsWhatIsMalformed) {
  for (const std::string_view head :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nname : x\r\n\r\n", "HTTP/1.1 200 OK\r\nname: a\rb\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 O\x01K\r\n\r\n"}) {
    EXPECT_TRUE(is_malformed(head)) << head;
  }
}

}  // namespace
}  // namespace wsm
