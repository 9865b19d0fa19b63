#include "io/tls_filter.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "unit/io/tls_server_end.h"

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::Gt;

using testing::bytes_of;
using testing::complete_handshake;
using testing::receive_all;
using testing::Received;
using testing::take_ciphertext;
using testing::TlsServerEnd;

/// A connection of which the handshake is complete, in each version of TLS.
class TlsFilterTest : public ::testing::TestWithParam<int> {
 protected:
  TlsFilterTest() {
    server.set_protocol(GetParam());
    EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
    // The tickets of TLS 1.3, if the handshake brought any along.
    std::array<std::byte, 16> nothing{};
    EXPECT_THAT(filter.decrypt(nothing).bytes, Eq(0U));
  }

  TlsServerEnd server{testing::make_self_signed({})};
  TlsFilter filter{testing::unverified_context(), "a.example"};
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsFilterTest, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) {
                           return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(TlsFilterTest, CarriesBytesBothWays) {
  const auto records = server.write("from the server");
  EXPECT_THAT(receive_all(filter, records).text, Eq("from the server"));

  const auto [bytes, status] = filter.encrypt(bytes_of("from the client"));
  EXPECT_THAT(bytes, Eq(15U));
  EXPECT_THAT(status, Eq(TlsStatus::kOk));
  server.exchange(take_ciphertext(filter));
  EXPECT_THAT(server.read(), Eq("from the client"));
}

TEST_P(TlsFilterTest, DecryptsHoweverTheRecordsAreCut) {
  std::string received;
  const auto records = server.write("one record");
  for (const std::byte& byte : records) received += receive_all(filter, {&byte, 1}).text;

  EXPECT_THAT(received, Eq("one record"));
}

TEST_P(TlsFilterTest, DecryptsManyRecordsInOneCall) {
  auto records = server.write("one ");
  for (const auto* text : {"two ", "three"}) {
    const auto more = server.write(text);
    records.insert(records.end(), more.begin(), more.end());
  }
  std::array<std::byte, 100> space{};
  filter.feed(records);

  const auto [bytes, status] = filter.decrypt(space);
  EXPECT_THAT(std::string(reinterpret_cast<const char*>(space.data()), bytes), Eq("one two three"));
  EXPECT_THAT(status, Eq(TlsStatus::kNeedsInput));
  EXPECT_FALSE(filter.has_input());
}

TEST_P(TlsFilterTest, StopsWhenTheSpaceIsFullAndKnowsThatThereIsMore) {
  const auto records = server.write("abcdefgh");
  std::array<std::byte, 3> space{};
  filter.feed(records);

  const auto [bytes, status] = filter.decrypt(space);
  EXPECT_THAT(bytes, Eq(3U));
  EXPECT_THAT(status, Eq(TlsStatus::kOk));
  // All of the input has been taken: the rest of the record is inside OpenSSL.
  EXPECT_TRUE(filter.has_input());
}

TEST_P(TlsFilterTest, HeldInputDoesNotNeedTheCallersMemory) {
  auto records = server.write("first");
  const auto more = server.write("second");
  records.insert(records.end(), more.begin(), more.end());
  std::array<std::byte, 5> first{};
  filter.feed(records);
  ASSERT_THAT(filter.decrypt(first).bytes, Eq(5U));

  filter.hold_input();
  std::ranges::fill(records, std::byte{0xff});

  std::array<std::byte, 100> rest{};
  EXPECT_THAT(filter.decrypt(rest).bytes, Eq(6U));
  EXPECT_FALSE(filter.has_input());
}

TEST_P(TlsFilterTest, CarriesLargeTransfers) {
  const std::string large(1'000'000, 'x');
  const auto records = server.write(large);
  EXPECT_TRUE(receive_all(filter, records).text == large);

  EXPECT_THAT(filter.encrypt(bytes_of(large)).bytes, Eq(large.size()));
  server.exchange(take_ciphertext(filter));
  EXPECT_TRUE(server.read() == large);
}

TEST_P(TlsFilterTest, ReportsCloseNotifyAfterTheDataBeforeIt) {
  auto records = server.write("last words");
  const auto end = server.close_notify();
  records.insert(records.end(), end.begin(), end.end());

  const Received received = receive_all(filter, records);
  EXPECT_THAT(received.text, Eq("last words"));
  EXPECT_THAT(received.status, Eq(TlsStatus::kClosed));
  EXPECT_THAT(filter.failure(), Eq(std::nullopt));
}

TEST_P(TlsFilterTest, CloseNotifyLeavesOurDirectionOpenInTls13) {
  EXPECT_FALSE(filter.is_half_closed());
  const auto end = server.close_notify();
  ASSERT_THAT(receive_all(filter, end).status, Eq(TlsStatus::kClosed));

  EXPECT_THAT(filter.is_half_closed(), Eq(GetParam() == TLS1_3_VERSION));
}

TEST_P(TlsFilterTest, IgnoresWhatFollowsCloseNotify) {
  auto records = server.close_notify();
  records.resize(records.size() + 100);
  EXPECT_THAT(receive_all(filter, records).status, Eq(TlsStatus::kClosed));

  EXPECT_FALSE(filter.has_input());
}

TEST_P(TlsFilterTest, ShutsDownOnce) {
  filter.shut_down();
  filter.shut_down();
  server.exchange(take_ciphertext(filter));

  EXPECT_TRUE(server.has_seen_close_notify());
}

TEST_P(TlsFilterTest, FailsOnARecordThatWasTamperedWith) {
  auto records = server.write("payload");
  records.back() ^= std::byte{1};

  EXPECT_THAT(receive_all(filter, records).status, Eq(TlsStatus::kFailed));
  EXPECT_THAT(filter.failure()->kind, Eq(DisconnectKind::kTlsFailed));
  EXPECT_FALSE(filter.ciphertext().empty()) << "the alert for the server";
}

TEST_P(TlsFilterTest, StaysFailed) {
  const std::string garbage = "this is not a record";
  ASSERT_THAT(receive_all(filter, bytes_of(garbage)).status, Eq(TlsStatus::kFailed));
  const auto alert = take_ciphertext(filter);
  std::array<std::byte, 16> space{};

  EXPECT_THAT(filter.decrypt(space).status, Eq(TlsStatus::kFailed));
  EXPECT_THAT(filter.encrypt(bytes_of("more")).status, Eq(TlsStatus::kFailed));
  EXPECT_THAT(filter.handshake(), Eq(TlsStatus::kFailed));
  filter.shut_down();
  EXPECT_TRUE(filter.ciphertext().empty());
}

bool is_littering = false;

/// Leaves an error in the queue of the thread with every record, as a call may that succeeds.
void litter(int, int, int content_type, const void*, std::size_t, SSL*, void*) {
  if (is_littering && content_type == SSL3_RT_HEADER) ERR_raise(ERR_LIB_USER, 1);
}

TEST(TlsErrorQueueTest, AnErrorThatACallLeftDoesNotFailTheNext) {
  TlsServerEnd server{testing::make_self_signed({})};
  const auto context = testing::unverified_context();
  SSL_CTX_set_msg_callback(context->native(), litter);
  TlsFilter filter{context, "a.example"};
  ASSERT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
  std::array<std::byte, 16> space{};
  ASSERT_THAT(filter.decrypt(space).status, Eq(TlsStatus::kNeedsInput));
  const auto records = server.write("data");
  filter.feed(records);
  is_littering = true;

  const auto [bytes, status] = filter.decrypt(space);
  is_littering = false;
  EXPECT_THAT(bytes, Eq(4U));
  EXPECT_THAT(status, Eq(TlsStatus::kNeedsInput));
}

TEST(TlsKeyUpdateTest, FollowsAChangeOfKeys) {
  TlsServerEnd server{testing::make_self_signed({})};  // Only TLS 1.3 has it, and it is preferred.
  TlsFilter filter{testing::unverified_context(), "a.example"};
  ASSERT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
  std::array<std::byte, 16> nothing{};
  ASSERT_THAT(filter.decrypt(nothing).bytes, Eq(0U));
  auto records = server.key_update();
  const auto more = server.write("under new keys");
  records.insert(records.end(), more.begin(), more.end());

  EXPECT_THAT(receive_all(filter, records).text, Eq("under new keys"));
  EXPECT_THAT(filter.encrypt(bytes_of("mine too")).bytes, Eq(8U));
  server.exchange(take_ciphertext(filter));
  EXPECT_THAT(server.read(), Eq("mine too"));
}

TEST(TlsKeyUpdateTest, YieldsInTheMiddleOfMany) {
  TlsServerEnd server{testing::make_self_signed({})};
  TlsFilter filter{testing::unverified_context(), "a.example"};
  ASSERT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
  std::array<std::byte, 16> space{};
  ASSERT_THAT(filter.decrypt(space).bytes, Eq(0U));
  std::vector<std::byte> records;
  for (int i = 0; i < 1000; ++i) {
    const auto update = server.key_update();
    records.insert(records.end(), update.begin(), update.end());
    server.exchange({});
  }
  const auto data = server.write("behind them");
  records.insert(records.end(), data.begin(), data.end());
  filter.feed(records);

  int yields = 0;
  TlsTransfer transfer = filter.decrypt(space);
  for (; transfer.status == TlsStatus::kYields; transfer = filter.decrypt(space)) ++yields;
  EXPECT_THAT(yields, Gt(4));
  EXPECT_THAT(transfer.bytes, Eq(11U));
}

/// Session tickets of TLS 1.3 arrive after the handshake, here each in several records.
class TlsTicketTest : public ::testing::Test {
 protected:
  TlsTicketTest() {
    server.set_large_session_tickets();
    TlsStatus status = filter.handshake();
    const auto hello = server.exchange(take_ciphertext(filter));
    filter.feed(hello);
    status = filter.handshake();
    EXPECT_THAT(status, Eq(TlsStatus::kOk));
    tickets = server.exchange(take_ciphertext(filter));
    EXPECT_THAT(tickets.size(), Gt(3000U));
  }

  TlsServerEnd server{testing::make_self_signed({})};
  TlsFilter filter{testing::unverified_context(), "a.example"};
  std::vector<std::byte> tickets;
};

TEST_F(TlsTicketTest, TicketsAreNoData) {
  EXPECT_THAT(receive_all(filter, tickets).text, Eq(""));
  EXPECT_FALSE(filter.has_input());

  const auto records = server.write("data");
  EXPECT_THAT(receive_all(filter, records).text, Eq("data"));
}

TEST_F(TlsTicketTest, DataRightBehindATicketIsRead) {
  const auto records = server.write("data");
  tickets.insert(tickets.end(), records.begin(), records.end());

  EXPECT_THAT(receive_all(filter, tickets).text, Eq("data"));
}

TEST_F(TlsTicketTest, WritesAtEveryCutOfATicketArriveInOrder) {
  std::string sent;
  int refusals = 0;
  for (const std::byte& byte : tickets) {
    static_cast<void>(receive_all(filter, {&byte, 1}));
    const std::string text = std::to_string(sent.size()) + ",";
    const auto [bytes, status] = filter.encrypt(bytes_of(text));
    ASSERT_THAT(bytes, Eq(status == TlsStatus::kOk ? text.size() : 0U));
    ASSERT_NE(status, TlsStatus::kFailed);
    if (status == TlsStatus::kOk) sent += text;
    refusals += status == TlsStatus::kNeedsInput ? 1 : 0;
  }
  server.exchange(take_ciphertext(filter));

  EXPECT_THAT(server.read(), Eq(sent));
  EXPECT_THAT(refusals, Gt(0)) << "OpenSSL has no such state any more: simplify encrypt()";
}

}  // namespace
}  // namespace wsm::io
