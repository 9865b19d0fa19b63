// A filter on top of another, as through a proxy that is spoken to over TLS.

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/tls_filter.h"
#include "unit/io/tls_server_end.h"

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using testing::bytes_of;
using testing::complete_handshake;
using testing::receive_all;
using testing::take_ciphertext;
using testing::text_of;
using testing::TlsServerEnd;
using Bytes = std::vector<std::byte>;

class TlsInTlsTest : public ::testing::Test {
 protected:
  TlsInTlsTest() {
    auto under = std::make_unique<TlsFilter>(testing::unverified_context(), "proxy.example");
    EXPECT_THAT(complete_handshake(*under, proxy), Eq(TlsStatus::kOk));
    std::array<std::byte, 16> nothing{};
    EXPECT_THAT(under->decrypt(nothing).bytes, Eq(0U));  // The tickets of TLS 1.3.
    filter = std::make_unique<TlsFilter>(testing::unverified_context(), "server.example",
                                         std::move(under));
  }

  /// What the filter has to say goes through the proxy to the server, and back, until both rest.
  TlsStatus shake_hands() {
    TlsStatus status = filter->handshake();
    for (Bytes records = take_ciphertext(*filter); !records.empty();
         records = take_ciphertext(*filter)) {
      const Bytes answer = through_proxy(records);
      if (answer.empty()) break;
      filter->feed(answer);
      status = filter->handshake();
      filter->hold_input();
    }
    std::array<std::byte, 16> nothing{};
    EXPECT_THAT(filter->decrypt(nothing).bytes, Eq(0U));  // The tickets of TLS 1.3.
    return status;
  }

  Bytes through_proxy(std::span<const std::byte> records) {
    Bytes answer = proxy.exchange(records);
    const std::string inner = proxy.read();
    return wrapped(server.exchange(bytes_of(inner)), std::move(answer));
  }

  /// `records` of the server as the proxy passes them on.
  Bytes wrapped(std::span<const std::byte> records, Bytes before = {}) {
    if (records.empty()) return before;
    const Bytes outer = proxy.write(text_of(records));
    before.insert(before.end(), outer.begin(), outer.end());
    return before;
  }

  TlsServerEnd proxy{testing::make_self_signed({})};
  TlsServerEnd server{testing::make_self_signed({})};
  std::unique_ptr<TlsFilter> filter;
};

TEST_F(TlsInTlsTest, ShakesHandsWithTheServerBehindTheProxy) {
  EXPECT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  EXPECT_THAT(server.server_name(), Eq("server.example"));
  EXPECT_THAT(proxy.server_name(), Eq("proxy.example"));
}

TEST_F(TlsInTlsTest, CarriesBytesBothWays) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  const std::string large(100'000, 'x');
  EXPECT_THAT(receive_all(*filter, wrapped(server.write(large))).text, Eq(large));

  const auto [bytes, status] = filter->encrypt(bytes_of(large));
  EXPECT_THAT(bytes, Eq(large.size()));
  EXPECT_THAT(status, Eq(TlsStatus::kOk));
  through_proxy(take_ciphertext(*filter));
  EXPECT_THAT(server.read(), Eq(large));
}

TEST_F(TlsInTlsTest, DecryptsHoweverTheRecordsAreCut) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  std::string received;
  for (const std::byte& byte : wrapped(server.write("one record"))) {
    received += receive_all(*filter, {&byte, 1}).text;
  }
  EXPECT_THAT(received, Eq("one record"));
}

TEST_F(TlsInTlsTest, TakesWhatCameWithTheAnswerOfTheProxyFirst) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  const Bytes early = server.write("early ");
  filter->feed_early(early);
  EXPECT_TRUE(filter->has_input());

  EXPECT_THAT(receive_all(*filter, wrapped(server.write("late"))).text, Eq("early late"));
}

TEST_F(TlsInTlsTest, KeepsWhatIsNotTakenWhenTheMemoryGoesToOthers) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  Bytes records = wrapped(server.write("kept"));
  filter->feed(records);
  filter->hold_input();
  records.assign(records.size(), std::byte{0});

  std::array<std::byte, 16> space{};
  const auto [bytes, status] = filter->decrypt(space);
  EXPECT_THAT(text_of(std::span{space}.first(bytes)), Eq("kept"));
}

TEST_F(TlsInTlsTest, ClosesBoth) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  filter->shut_down();
  through_proxy(take_ciphertext(*filter));
  EXPECT_TRUE(server.has_seen_close_notify());
  EXPECT_TRUE(proxy.has_seen_close_notify());
}

TEST_F(TlsInTlsTest, TheEndOfTheServersTlsIsItsOwn) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  EXPECT_THAT(receive_all(*filter, wrapped(server.close_notify())).status, Eq(TlsStatus::kClosed));
}

TEST_F(TlsInTlsTest, TheEndOfTheProxysTlsIsTheEndOfTheServersAsWell) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  EXPECT_THAT(receive_all(*filter, proxy.close_notify()).status, Eq(TlsStatus::kClosed));
  EXPECT_FALSE(filter->failure());
}

TEST_F(TlsInTlsTest, TheEndOfTheProxysTlsInTheHandshakeIsNoVerdictOnTls) {
  EXPECT_THAT(filter->handshake(), Eq(TlsStatus::kNeedsInput));
  const Bytes end = proxy.close_notify();
  filter->feed(end);
  EXPECT_THAT(filter->handshake(), Eq(TlsStatus::kFailed));
  EXPECT_THAT(filter->failure()->kind, Eq(DisconnectKind::kConnectFailed));
}

TEST_F(TlsInTlsTest, WhoWritesFindsTheEndAsWell) {
  server.set_large_session_tickets();
  EXPECT_THAT(filter->handshake(), Eq(TlsStatus::kNeedsInput));
  const Bytes flight = through_proxy(take_ciphertext(*filter));
  filter->feed(flight);
  ASSERT_THAT(filter->handshake(), Eq(TlsStatus::kOk));
  proxy.exchange(take_ciphertext(*filter));
  const std::string finished = proxy.read();
  // Half of a message of many records, of which OpenSSL wants the rest before it writes.
  Bytes tickets = server.exchange(bytes_of(finished));
  tickets.resize(tickets.size() / 4);
  Bytes records = wrapped(tickets);
  const Bytes end = proxy.close_notify();
  records.insert(records.end(), end.begin(), end.end());
  std::array<std::byte, 16> space{};
  filter->feed(records);
  std::size_t rounds = 0;
  auto status = filter->decrypt(space).status;
  while (status != TlsStatus::kClosed && ++rounds < 10) {
    status = filter->encrypt(bytes_of("x")).status;
  }
  EXPECT_THAT(status, Eq(TlsStatus::kClosed));
  EXPECT_THAT(filter->encrypt(bytes_of("x")).bytes, Eq(0U));
}

TEST_F(TlsInTlsTest, ShakesHandsWithAServerThatHasALotToShow) {
  // More than what one decrypt() reads of records that bring nothing (kOverheadMax).
  for (int i = 0; i < 30; ++i) server.send_along(testing::make_self_signed({}));
  EXPECT_THAT(shake_hands(), Eq(TlsStatus::kOk));
}

TEST_F(TlsInTlsTest, ShakesHandsThroughAProxyThatChangesItsKeysMeanwhile) {
  EXPECT_THAT(filter->handshake(), Eq(TlsStatus::kNeedsInput));
  std::vector<std::byte> changes;
  for (int i = 0; i < 300; ++i) {
    const Bytes change = proxy.key_update();
    changes.insert(changes.end(), change.begin(), change.end());
  }
  const Bytes hello = take_ciphertext(*filter);
  filter->feed(changes);
  EXPECT_THAT(filter->handshake(), Eq(TlsStatus::kNeedsInput));
  EXPECT_FALSE(filter->has_input());
}

TEST_F(TlsInTlsTest, AFailureOfTheProxysTlsIsTold) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  const std::string garbage(100, 'x');
  EXPECT_THAT(receive_all(*filter, bytes_of(garbage)).status, Eq(TlsStatus::kFailed));
  ASSERT_TRUE(filter->failure());
  EXPECT_THAT(filter->failure()->kind, Eq(DisconnectKind::kConnectionLost));
  EXPECT_THAT(filter->failure()->detail, HasSubstr("TLS of the proxy: "));
}

TEST_F(TlsInTlsTest, AnswersChangesOfKeysOfBoth) {
  ASSERT_THAT(shake_hands(), Eq(TlsStatus::kOk));
  EXPECT_THAT(receive_all(*filter, proxy.key_update()).text, IsEmpty());
  EXPECT_THAT(receive_all(*filter, wrapped(server.key_update())).text, IsEmpty());
  through_proxy(take_ciphertext(*filter));
  EXPECT_THAT(receive_all(*filter, wrapped(server.write("still here"))).text, Eq("still here"));
}

}  // namespace
}  // namespace wsm::io
