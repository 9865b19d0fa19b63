#include "wire/upgrade_request.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class UpgradeRequestTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string encoded() const {
    auto text = encode_upgrade_request(request);
    EXPECT_TRUE(text) << (text ? "" : text.error().detail);
    return text.value_or("");
  }

  [[nodiscard]] std::string fault() const {
    const auto text = encode_upgrade_request(request);
    EXPECT_FALSE(text);
    if (text) return "no fault";
    EXPECT_EQ(text.error().code, Errc::kInvalidArgument);
    return text.error().detail;
  }

  UpgradeRequest request{
      .url = {.is_tls = false, .host = "server.example.com", .port = 80, .target = "/chat?a=b"},
      .key = "dGhlIHNhbXBsZSBub25jZQ==",
      .headers = {},
      .subprotocols = {}};
};

TEST_F(UpgradeRequestTest, WritesWhatTheRfcDemandsAndNothingElse) {
  EXPECT_EQ(encoded(),
            "GET /chat?a=b HTTP/1.1\r\n"
            "Host: server.example.com\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            "\r\n");
}

TEST_F(UpgradeRequestTest, NamesAPortThatIsNotThatOfTheScheme) {
  request.url.port = 8080;

  EXPECT_THAT(encoded(), HasSubstr("\r\nHost: server.example.com:8080\r\n"));
}

TEST_F(UpgradeRequestTest, OffersSubprotocolsInTheirOrder) {
  request.subprotocols = {"graphql-transport-ws", "chat"};

  EXPECT_THAT(encoded(), HasSubstr("\r\nSec-WebSocket-Protocol: graphql-transport-ws, chat\r\n"));
}

TEST_F(UpgradeRequestTest, AddsHeadersInTheirOrderBehindItsOwn) {
  request.headers = {{"Authorization", "Bearer a.b:c"}, {"Origin", "https://x"}, {"X-Empty", ""}};

  EXPECT_THAT(encoded(), AllOf(StartsWith("GET "),
                               EndsWith("\r\nAuthorization: Bearer a.b:c\r\nOrigin: https://x\r\n"
                                        "X-Empty: \r\n\r\n")));
}

TEST_F(UpgradeRequestTest, RejectsNamesThatAreNoTokens) {
  for (const std::string_view name : {"", "two words", "colon:", "line\r\nbreak", "n\xc3\xa4me"}) {
    request.headers = {{std::string{name}, "value"}};
    EXPECT_THAT(fault(), HasSubstr("cannot be the name of a header")) << name;
  }
}

TEST_F(UpgradeRequestTest, RejectsValuesThatWouldBeginAnotherHeader) {
  using std::string_literals::operator""s;
  for (const std::string& value : {"a\r\nX: b"s, "a\nb"s, "a\rb"s, "a\0b"s}) {
    request.headers = {{"Cookie", value}};
    EXPECT_EQ(fault(), "the value of the header Cookie contains a line break or NUL");
  }
}

TEST_F(UpgradeRequestTest, RejectsHeadersOfTheHandshakeInAnyCase) {
  for (const std::string_view name :
       {"Host", "host", "UPGRADE", "Connection", "Content-Length", "transfer-encoding",
        "Sec-WebSocket-Key", "sec-websocket-version", "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions", "Sec-WebSocket-Accept"}) {
    request.headers = {{std::string{name}, "x"}};
    EXPECT_THAT(fault(), HasSubstr("belongs to the handshake")) << name;
  }
}

TEST_F(UpgradeRequestTest, RejectsSubprotocolsThatAreNoTokens) {
  for (const std::string_view name : {"", "a b", "a,b", "a\r\n"}) {
    request.subprotocols = {"good", std::string{name}};
    EXPECT_THAT(fault(), HasSubstr("cannot be the name of a subprotocol")) << name;
  }
}

TEST_F(UpgradeRequestTest, RejectsTheSameSubprotocolTwice) {
  request.subprotocols = {"a", "b", "a"};

  EXPECT_EQ(fault(), "the subprotocol a is offered twice");
}

}  // namespace
}  // namespace wsm
