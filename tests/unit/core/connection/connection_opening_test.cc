// From the first question to the handler until the WebSocket is open.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/connection/connection_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ClientFrame;
using test::server_close;
using test::server_text;
using test::upgrade_response;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::StartsWith;

using Status = ConnectionStatus;
using ConnectionOpeningTest = test::ConnectionFixture;

TEST_F(ConnectionOpeningTest, AsksForItsPreparationAtOnce) {
  EXPECT_EQ(status(), Status::kPreparing);
  EXPECT_THAT(take_actions(), ElementsAre("prepare"));
  EXPECT_EQ(connection->next_deadline(), now + 10s);
}

TEST_F(ConnectionOpeningTest, DialsTheUrlThatTheHandlerGave) {
  (void)take_actions();

  prepare({.url = "ws://venue.test:8080/feed?x=1"});

  EXPECT_EQ(status(), Status::kDialing);
  EXPECT_THAT(take_actions(), ElementsAre("dial venue.test:8080/feed?x=1"));
}

TEST_F(ConnectionOpeningTest, SendsTheUpgradeRequestWhenTheTransportIsThere) {
  prepare({.url = "ws://venue.test/feed",
           .headers = {{"Authorization", "Bearer 1"}},
           .subprotocols = {"v2", "v1"}});
  EXPECT_EQ(take_bytes(), "");

  dial();

  EXPECT_EQ(status(), Status::kUpgrading);
  const std::string request = take_bytes();
  EXPECT_THAT(request, StartsWith("GET /feed HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Sec-WebSocket-Key: key-1\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Bearer 1\r\n"));
  EXPECT_THAT(request, HasSubstr("Sec-WebSocket-Protocol: v2, v1\r\n"));
}

TEST_F(ConnectionOpeningTest, AsksForTheFirstMessagesWhenTheServerAccepts) {
  go_to(Status::kUpgrading);
  (void)take_actions();

  upgrade();

  EXPECT_EQ(status(), Status::kGreeting);
  EXPECT_THAT(take_actions(), ElementsAre("greet"));
  EXPECT_THAT(take_notices(), IsEmpty());
}

TEST_F(ConnectionOpeningTest, OpensWithTheFirstMessagesOfTheHandler) {
  go_to(Status::kGreeting);
  now += 3ms;

  greet({OutgoingMessage::text("login"), OutgoingMessage::binary(test::bytes_of("\x01"))});

  EXPECT_EQ(status(), Status::kOpen);
  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kText, "login"},
                                         ClientFrame{Opcode::kBinary, "\x01"}));
  EXPECT_THAT(take_notices(), ElementsAre("opened in 3 ms"));
  EXPECT_EQ(connection->opened_at(), now);
  EXPECT_EQ(connection->traffic().messages_sent, 2U);
  EXPECT_EQ(connection->traffic().bytes_sent, 6U);
}

TEST_F(ConnectionOpeningTest, AcceptsAnAnswerThatComesInSingleBytes) {
  go_to(Status::kUpgrading);

  for (const char byte : upgrade_response("key-1") + server_text("early")) receive({&byte, 1});

  EXPECT_EQ(status(), Status::kGreeting);
  EXPECT_THAT(messages, ElementsAre("text: early"));
}

TEST_F(ConnectionOpeningTest, DeliversWhatCameBehindTheAnswer) {
  go_to(Status::kUpgrading);

  upgrade(server_text("one") + server_text("two"));

  EXPECT_THAT(messages, ElementsAre("text: one", "text: two"));
  EXPECT_EQ(status(), Status::kGreeting);
  EXPECT_EQ(connection->traffic().messages_received, 2U);
}

TEST_F(ConnectionOpeningTest, AsksNothingMoreWhenACloseFrameCameBehindTheAnswer) {
  go_to(Status::kUpgrading);
  (void)take_actions();

  upgrade(server_close(4001, "full"));

  EXPECT_EQ(status(), Status::kClosing);
  EXPECT_EQ(reason().close_code, 4001);
  EXPECT_THAT(take_actions(), IsEmpty());
  EXPECT_EQ(connection->opened_at(), std::nullopt);
}

TEST_F(ConnectionOpeningTest, KeepsTheSubprotocolThatTheServerChose) {
  prepare({.url = "ws://venue.test/", .headers = {}, .subprotocols = {"v2", "v1"}});
  dial();

  receive(upgrade_response("key-1", "Sec-WebSocket-Protocol: v1\r\n"));

  EXPECT_EQ(status(), Status::kGreeting);
  EXPECT_EQ(connection->subprotocol(), "v1");
}

TEST_F(ConnectionOpeningTest, RefusesASubprotocolThatWasNotOffered) {
  go_to(Status::kUpgrading);

  receive(upgrade_response("key-1", "Sec-WebSocket-Protocol: v9\r\n"));

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kUpgradeRefused);
}

TEST_F(ConnectionOpeningTest, RefusesAnAnswerToAnotherKey) {
  go_to(Status::kUpgrading);

  receive(upgrade_response("key-2"));

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kUpgradeRefused);
  EXPECT_THAT(reason().http_status, Optional(101U));
}

TEST_F(ConnectionOpeningTest, TellsStatusAndRetryAfterOfARefusal) {
  go_to(Status::kUpgrading);

  receive("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 17\r\n\r\nslow down");

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kUpgradeRefused);
  EXPECT_THAT(reason().http_status, Optional(429U));
  EXPECT_THAT(reason().retry_after, Optional(Duration{17s}));
  EXPECT_THAT(reason().detail, HasSubstr("slow down"));
  EXPECT_EQ(connection->next_deadline(), std::nullopt);
}

TEST_F(ConnectionOpeningTest, EndsWhenThePreparationFails) {
  connection->handle_prepared(
      Failure{DisconnectReason{.kind = DisconnectKind::kHookFailed, .detail = "no token"}}, now);

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kHookFailed);
  EXPECT_EQ(reason().detail, "no token");
}

TEST_F(ConnectionOpeningTest, EndsWithAUrlThatCannotBeUsed) {
  prepare({.url = "http://venue.test/"});

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kInvalidUrl);
  EXPECT_THAT(reason().detail, HasSubstr("http://venue.test/"));
}

TEST_F(ConnectionOpeningTest, EndsWithAHeaderThatCannotBeSent) {
  prepare({.url = "ws://venue.test/", .headers = {{"X-Name", "a\r\nEvil: 1"}}});

  dial();

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kHookFailed);
  EXPECT_EQ(take_bytes(), "");
}

TEST_F(ConnectionOpeningTest, ClosesProperlyWhenTheGreetingFails) {
  go_to(Status::kGreeting);

  connection->handle_greeted(
      Failure{DisconnectReason{.kind = DisconnectKind::kHookFailed, .detail = "on_connect"}}, now);

  EXPECT_EQ(status(), Status::kClosing);
  EXPECT_EQ(reason().kind, DisconnectKind::kHookFailed);
  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kClose, test::close_payload(1000)}));
}

TEST_F(ConnectionOpeningTest, ClosesWhenAFirstMessageCannotBeSent) {
  go_to(Status::kGreeting);

  greet({OutgoingMessage::text("login"), OutgoingMessage::text("\xff")});

  EXPECT_EQ(status(), Status::kClosing);
  EXPECT_EQ(reason().kind, DisconnectKind::kHookFailed);
  EXPECT_THAT(reason().detail, HasSubstr("on_connect: text is not UTF-8"));
}

TEST_F(ConnectionOpeningTest, TakesTheReasonFromTheDialerWhenThereIsNoTransport) {
  go_to(Status::kDialing);

  connection->handle_transport_ended(
      {.kind = DisconnectKind::kResolveFailed, .detail = "no such host"}, now);

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kResolveFailed);
}

TEST_F(ConnectionOpeningTest, HasNoConnectTimeoutOnceItIsOpen) {
  open();

  EXPECT_EQ(connection->next_deadline(), std::nullopt);
  advance(1000h);
  EXPECT_EQ(status(), Status::kOpen);
}

TEST_F(ConnectionOpeningTest, TheAnswerToTheUpgradeIsReadInAPause) {
  go_to(Status::kDialing);
  connection->pause(now);
  EXPECT_FALSE(connection->may_receive());

  dial();

  EXPECT_TRUE(connection->may_receive());
}

class ConnectionTimeoutTest : public test::ConnectionFixture,
                              public ::testing::WithParamInterface<Status> {};

TEST_P(ConnectionTimeoutTest, IsNotHeldUpByAPause) {
  go_to(GetParam());

  connection->pause(now);
  connection->resume(now);

  EXPECT_EQ(connection->next_deadline(), now + 10s);
}

TEST_P(ConnectionTimeoutTest, CoversTheStatusAtTheInstantAndNotBefore) {
  go_to(GetParam());

  advance(10s - 1ns);
  EXPECT_EQ(status(), GetParam());
  advance(1ns);
  EXPECT_EQ(status(), Status::kClosed);
  const bool is_in_hook = GetParam() == Status::kPreparing || GetParam() == Status::kGreeting;
  EXPECT_EQ(reason().kind,
            is_in_hook ? DisconnectKind::kHookFailed : DisconnectKind::kConnectTimeout);
  EXPECT_THAT(reason().detail, EndsWith("while " + std::string{to_string(GetParam())}));
}

INSTANTIATE_TEST_SUITE_P(All, ConnectionTimeoutTest,
                         ::testing::Values(Status::kPreparing, Status::kDialing, Status::kUpgrading,
                                           Status::kGreeting),
                         [](const auto& status) { return std::string{to_string(status.param)}; });

}  // namespace
}  // namespace wsm
