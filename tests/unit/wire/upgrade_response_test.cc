#include "wire/upgrade_response.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/server_frames.h"

namespace wsm {
namespace {

using std::chrono_literals::operator""s;
using ::testing::AllOf;
using testing::as_bytes;
using testing::as_text;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using Progress = UpgradeResponseReader::Progress;

constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::string_view kGood =
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    "\r\n";

UpgradeResponseReader reader_for(const std::vector<std::string>& offered = {}) {
  return UpgradeResponseReader{std::string{kAccept}, offered};
}

/// Replaces `what` in the good answer.
std::string good_but(std::string_view what, std::string_view instead) {
  std::string text{kGood};
  return text.replace(text.find(what), what.size(), instead);
}

std::string good_with(std::string_view header) {
  return good_but("\r\n\r\n", "\r\n" + std::string{header} + "\r\n\r\n");
}

/// The failure of `answer`, which is the same when it comes byte by byte, but for what was said
/// behind its head.
DisconnectReason refusal(std::string_view answer, const std::vector<std::string>& offered = {}) {
  UpgradeResponseReader whole = reader_for(offered);
  EXPECT_EQ(whole.receive(as_bytes(answer)), Progress::kRefused) << answer;

  UpgradeResponseReader bytewise = reader_for(offered);
  for (const char& c : answer) bytewise.receive(as_bytes({&c, 1}));
  EXPECT_EQ(bytewise.receive({}), Progress::kRefused);
  EXPECT_EQ(bytewise.failure().http_status, whole.failure().http_status);
  EXPECT_EQ(bytewise.failure().retry_after, whole.failure().retry_after);
  EXPECT_EQ(whole.failure().detail.find(bytewise.failure().detail), 0U);
  EXPECT_EQ(whole.failure().kind, DisconnectKind::kUpgradeRefused);
  return whole.failure();
}

std::string detail_of(std::string_view answer, const std::vector<std::string>& offered = {}) {
  return refusal(answer, offered).detail;
}

/// The subprotocol of an answer that is expected to be accepted, in every split into two.
std::string chosen_in(std::string_view answer, const std::vector<std::string>& offered = {}) {
  std::string chosen;
  for (std::size_t cut = 0; cut <= answer.size(); ++cut) {
    UpgradeResponseReader reader = reader_for(offered);
    reader.receive(as_bytes(answer.substr(0, cut)));
    EXPECT_EQ(reader.receive(as_bytes(answer.substr(cut))), Progress::kAccepted)
        << reader.failure().detail;
    chosen = reader.subprotocol();
  }
  return chosen;
}

TEST(UpgradeResponseTest, AcceptsTheAnswerOfTheRfc) { EXPECT_EQ(chosen_in(kGood), ""); }

TEST(UpgradeResponseTest, NeedsEveryByteOfTheHead) {
  UpgradeResponseReader reader = reader_for();

  EXPECT_EQ(reader.receive(as_bytes(kGood.substr(0, kGood.size() - 1))), Progress::kNeedsMore);
  EXPECT_EQ(reader.receive({}), Progress::kNeedsMore);
  EXPECT_EQ(reader.receive(as_bytes(kGood.substr(kGood.size() - 1))), Progress::kAccepted);
}

TEST(UpgradeResponseTest, KeepsTheFramesThatCameBehindTheHead) {
  UpgradeResponseReader reader = reader_for();
  const std::string frames = "\x81\x01\r\n\r\n";

  reader.receive(as_bytes(kGood.substr(0, 50)));
  reader.receive(as_bytes(std::string{kGood.substr(50)} + frames));

  EXPECT_EQ(as_text(reader.rest()), frames);
}

TEST(UpgradeResponseTest, TakesNothingMoreWhenItHasDecided) {
  UpgradeResponseReader reader = reader_for();
  reader.receive(as_bytes(kGood));

  EXPECT_EQ(reader.receive(as_bytes("more")), Progress::kAccepted);

  EXPECT_TRUE(reader.rest().empty());
}

TEST(UpgradeResponseTest, ReadsNamesAndTokensInAnyCaseAndOptionsInLists) {
  EXPECT_EQ(chosen_in(good_but("Upgrade: websocket", "UPGRADE: WebSocket")), "");
  EXPECT_EQ(chosen_in(good_but("Connection: Upgrade", "connection: keep-alive, uPgrade")), "");
  EXPECT_EQ(chosen_in(good_but("Connection: Upgrade", "Connection: x\r\nConnection: upgrade")), "");
  EXPECT_EQ(chosen_in(good_but("Switching Protocols", "")), "");
}

TEST(UpgradeResponseTest, RejectsHttp10) {
  EXPECT_THAT(detail_of(good_but("HTTP/1.1", "HTTP/1.0")), HasSubstr("HTTP/1.0"));
}

TEST(UpgradeResponseTest, RejectsAnAnswerThatDoesNotUpgradeToWebSocket) {
  EXPECT_THAT(detail_of(good_but("Upgrade: websocket\r\n", "")), HasSubstr("Upgrade: websocket"));
  EXPECT_THAT(detail_of(good_but("websocket", "websockets")), HasSubstr("Upgrade: websocket"));
  EXPECT_THAT(detail_of(good_but("websocket", "h2c, websocket")), HasSubstr("Upgrade: websocket"));
  EXPECT_THAT(detail_of(good_with("Upgrade: websocket")), HasSubstr("Upgrade: websocket"));
  EXPECT_THAT(detail_of(good_but("Connection: Upgrade\r\n", "")), HasSubstr("Connection: Upgrade"));
  EXPECT_THAT(detail_of(good_but("Connection: Upgrade", "Connection: close")),
              HasSubstr("Connection: Upgrade"));
}

TEST(UpgradeResponseTest, RejectsEveryAcceptValueButTheOneThatBelongsToTheKey) {
  EXPECT_THAT(detail_of(good_but("Sec-WebSocket-Accept", "X-Accept")),
              HasSubstr("no Sec-WebSocket-Accept"));
  EXPECT_THAT(detail_of(good_but(kAccept, "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
              HasSubstr("does not match"));
  EXPECT_THAT(detail_of(good_but(kAccept, "")), HasSubstr("does not match"));
  EXPECT_THAT(detail_of(good_with("Sec-WebSocket-Accept: " + std::string{kAccept})),
              HasSubstr("more than one Sec-WebSocket-Accept"));
}

TEST(UpgradeResponseTest, RejectsExtensionsBecauseNoneIsOffered) {
  EXPECT_THAT(detail_of(good_with("Sec-WebSocket-Extensions: permessage-deflate")),
              AllOf(HasSubstr("extension that was not offered"), EndsWith("permessage-deflate")));
  EXPECT_THAT(detail_of(good_with("sec-websocket-extensions: ;")), HasSubstr("malformed"));
}

TEST(UpgradeResponseTest, TakesCompressionAsItIsAgreedOn) {
  const auto agreed = [](std::string_view answer) {
    UpgradeResponseReader reader{std::string{kAccept}, {}, DeflateOffer{}};
    EXPECT_EQ(reader.receive(as_bytes(answer)), Progress::kAccepted) << reader.failure().detail;
    return reader.deflate();
  };

  EXPECT_EQ(agreed(kGood), std::nullopt);
  EXPECT_EQ(agreed(good_with("Sec-WebSocket-Extensions: permessage-deflate; "
                             "server_no_context_takeover; client_max_window_bits=12")),
            (DeflateAgreement{.server_keeps_context = false, .client_window_bits = 12}));
}

TEST(UpgradeResponseTest, RejectsWhatWasNotOfferedAboutCompression) {
  UpgradeResponseReader reader{std::string{kAccept}, {}, DeflateOffer{}};
  const std::string answer =
      good_with("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16");

  EXPECT_EQ(reader.receive(as_bytes(answer)), Progress::kRefused);
  EXPECT_THAT(reader.failure().detail, HasSubstr("server_max_window_bits=16"));
}

TEST(UpgradeResponseTest, TakesOneOfTheOfferedSubprotocolsOrNone) {
  const std::vector<std::string> offered{"one", "two"};

  EXPECT_EQ(chosen_in(good_with("Sec-WebSocket-Protocol: two"), offered), "two");
  EXPECT_EQ(chosen_in(kGood, offered), "");
}

TEST(UpgradeResponseTest, RejectsSubprotocolsThatWereNotOffered) {
  const std::vector<std::string> offered{"one", "two"};

  for (const std::string_view value : {"three", "ONE", "one, two", ""}) {
    const std::string answer = good_with("Sec-WebSocket-Protocol: " + std::string{value});
    EXPECT_THAT(detail_of(answer, offered), HasSubstr("subprotocol that was not offered"));
  }
  EXPECT_THAT(detail_of(good_with("Sec-WebSocket-Protocol: one")), EndsWith("not offered: one"));
  EXPECT_THAT(
      detail_of(good_with("Sec-WebSocket-Protocol: one\r\nSec-WebSocket-Protocol: two"), offered),
      HasSubstr("more than one subprotocol"));
}

TEST(UpgradeResponseTest, RefusalsSayStatusReasonAndTheBeginningOfTheBody) {
  const DisconnectReason reason =
      refusal("HTTP/1.1 403 Forbidden\r\nContent-Length: 21\r\n\r\n\x1b[1mno\r\n\tentry\xff  here");

  EXPECT_EQ(reason.http_status, 403U);
  EXPECT_EQ(reason.detail, "HTTP 403 Forbidden: [1mno entry here");
  EXPECT_EQ(reason.retry_after, std::nullopt);
}

TEST(UpgradeResponseTest, RefusalsShowOneLineOfALongBody) {
  const std::string body(5000, 'x');

  EXPECT_EQ(detail_of("HTTP/1.1 500 Oops\r\n\r\n" + body),
            "HTTP 500 Oops: " + std::string(160, 'x'));
}

TEST(UpgradeResponseTest, RefusalsSayWhereTheServerHasMoved) {
  EXPECT_EQ(detail_of("HTTP/1.1 301 Moved Permanently\r\nLocation: wss://h/\r\n\r\n<html>"),
            "HTTP 301 Moved Permanently, moved to: wss://h/");
}

TEST(UpgradeResponseTest, RefusalsSayWhenToComeBack) {
  EXPECT_EQ(refusal("HTTP/1.1 429 Slow\r\nRetry-After: 30\r\n\r\n").retry_after, 30s);
  EXPECT_EQ(refusal("HTTP/1.1 503 Busy\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                    "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n\r\n")
                .retry_after,
            60s);
  EXPECT_EQ(refusal("HTTP/1.1 503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n\r\n")
                .retry_after,
            std::nullopt);
}

TEST(UpgradeResponseTest, RejectsAnOrdinaryPage) {
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello").detail,
            "HTTP 200 OK: hello");
}

TEST(UpgradeResponseTest, SkipsInformationalResponses) {
  const std::string interim =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

  EXPECT_EQ(chosen_in(interim + std::string{kGood}), "");
  EXPECT_EQ(refusal(interim + "HTTP/1.1 403 No\r\n\r\nwhy").detail, "HTTP 403 No: why");
  EXPECT_EQ(refusal(interim + "SSH-2.0-x\r\n").http_status, std::nullopt);
}

TEST(UpgradeResponseTest, InformationalResponsesCountForTheLimit) {
  const std::string interim = "HTTP/1.1 102 Processing\r\n\r\n";
  std::string endless;
  while (endless.size() <= HttpHeadReader::kBytesMax) endless += interim;

  EXPECT_THAT(detail_of(endless), HasSubstr("longer than 16384 bytes"));
}

TEST(UpgradeResponseTest, SaysThatAnAnswerIsNotHttp) {
  EXPECT_EQ(detail_of("SSH-2.0-OpenSSH_9.2\r\n"),
            "the server's answer is not HTTP/1.1: SSH-2.0-OpenSSH_9.2");
  EXPECT_THAT(detail_of("HTTP/2 200\r\n\r\n"), HasSubstr("not HTTP/1.1"));
  EXPECT_THAT(detail_of("\r\nHTTP/1.1 101"), HasSubstr("not HTTP/1.1"));
  EXPECT_THAT(detail_of("\x15\x03\x03"), HasSubstr("speaks TLS"));
}

TEST(UpgradeResponseTest, SaysThatAnAnswerIsMalformed) {
  EXPECT_THAT(detail_of(good_but("\r\nUpgrade", "\nUpgrade")), HasSubstr("malformed"));
  EXPECT_THAT(detail_of(good_but("Upgrade:", "Upgrade")), HasSubstr("malformed"));
  EXPECT_THAT(detail_of(good_but("101", "10")), HasSubstr("malformed"));
}

TEST(UpgradeResponseTest, DoesNotWaitForTheEndOfAHeadWhoseLinesEndWrongly) {
  EXPECT_THAT(detail_of("HTTP/1.1 101 Switching Protocols\n"), HasSubstr("CR LF"));
  EXPECT_THAT(detail_of("HTTP/1.1 403 Forbidden\r\nServer: x\n\n"), HasSubstr("CR LF"));
}

TEST(UpgradeResponseTest, AcceptsAHeadOfExactlyTheLimitAndNoByteMore) {
  const std::size_t room = HttpHeadReader::kBytesMax - kGood.size() - 5;  // "X: " CRLF
  const std::string padded = good_with("X: " + std::string(room, 'x'));
  ASSERT_EQ(padded.size(), HttpHeadReader::kBytesMax);
  UpgradeResponseReader reader = reader_for();

  EXPECT_EQ(reader.receive(as_bytes(padded)), Progress::kAccepted);
  EXPECT_THAT(detail_of(good_with("X: " + std::string(room + 1, 'x'))),
              HasSubstr("longer than 16384 bytes"));
}

TEST(UpgradeResponseTest, DoesNotLetTheServerIntoItsOwnLog) {
  EXPECT_THAT(detail_of("HTTP/1.1 400 Bad\tReason\r\n\r\nline\nline\x07"),
              AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\t")), Not(HasSubstr("\x07"))));
}

}  // namespace
}  // namespace wsm
