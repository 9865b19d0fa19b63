#include "wire/message_reader.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/reading.h"
#include "unit/wire/reading_in_every_way.h"
#include "unit/wire/server_frames.h"

namespace wsm {
namespace {

using testing::bytes;
using testing::Bytes;
using ::testing::ElementsAre;
using testing::Fin;
using testing::frame;
using ::testing::IsEmpty;
using testing::joined;
using testing::Outcome;
using testing::read_bytewise;
using testing::read_whole;
using testing::Reading;
using testing::Received;
using testing::Sizes;

Outcome read_in_every_way(const Bytes& stream) {
  return testing::read_in_every_way(stream, [] { return Reading{}; });
}

void expect_received(const Bytes& stream, const std::vector<Received>& expected) {
  const Outcome outcome = read_in_every_way(stream);
  EXPECT_EQ(outcome.received, expected);
  EXPECT_EQ(outcome.error, std::nullopt) << outcome.error_detail;
}

void expect_error(const Bytes& stream, CloseCode code, const std::vector<Received>& before = {}) {
  const Outcome outcome = read_in_every_way(stream);
  EXPECT_EQ(outcome.received, before);
  EXPECT_EQ(outcome.error, code);
}

TEST(MessageReaderTest, FromRfcExampleOneTextFrame) {
  expect_received(bytes({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}), {{Opcode::kText, "Hello"}});
}

TEST(MessageReaderTest, FromRfcExampleFragmentedText) {
  expect_received(bytes({0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f}),
                  {{Opcode::kText, "Hello"}});
}

TEST(MessageReaderTest, FromRfcExamplePing) {
  expect_received(bytes({0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}), {{Opcode::kPing, "Hello"}});
}

TEST(MessageReaderTest, FromRfcExample256BytesOfBinary) {
  const std::string payload(256, '\x01');

  expect_received(joined({bytes({0x82, 0x7e, 0x01, 0x00}), Bytes(256, std::byte{1})}),
                  {{Opcode::kBinary, payload}});
}

TEST(MessageReaderTest, FromRfcExample64KibibytesOfBinary) {
  const Bytes stream =
      joined({bytes({0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0}), Bytes(65536, std::byte{1})});
  const Outcome expected{{{Opcode::kBinary, std::string(65536, '\x01')}}, std::nullopt, ""};

  EXPECT_EQ(read_whole(stream), expected);
  EXPECT_EQ(read_bytewise(stream), expected);
  EXPECT_EQ(read_whole(stream, Reading{1 << 20, 1 << 17}), expected);
}

TEST(MessageReaderTest, FromRfcExampleMaskedTextIsRejectedByAClient_1002) {
  expect_error(bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}),
               CloseCode::kProtocolError);
}

TEST(MessageReaderTest, ReadsEmptyMessages) {
  expect_received(
      joined({frame(Opcode::kText, ""), frame(Opcode::kBinary, ""), frame(Opcode::kPing, "")}),
      {{Opcode::kText, ""}, {Opcode::kBinary, ""}, {Opcode::kPing, ""}});
}

TEST(MessageReaderTest, ReadsMessagesOfEveryFormOfLength) {
  for (const std::size_t size : Sizes{0, 1, 125, 126, 127, 4095, 4096, 65535, 65536}) {
    for (const Opcode opcode : {Opcode::kText, Opcode::kBinary}) {
      const std::string payload(size, 'x');
      const Bytes stream = joined({frame(opcode, payload), frame(Opcode::kPing, "next")});
      const Outcome expected{{{opcode, payload}, {Opcode::kPing, "next"}}, std::nullopt, ""};

      EXPECT_EQ(read_whole(stream), expected);
      EXPECT_EQ(read_bytewise(stream), expected);
      EXPECT_EQ(read_whole(stream, Reading{1 << 20, 1 << 18}), expected);
    }
  }
}

TEST(MessageReaderTest, GathersFragmentsAndLetsControlFramesThroughAtOnce) {
  expect_received(
      joined({frame(Opcode::kText, "a", Fin::kClear), frame(Opcode::kPing, "1"),
              frame(Opcode::kContinuation, "", Fin::kClear), frame(Opcode::kPong, "2"),
              frame(Opcode::kContinuation, "b"), frame(Opcode::kBinary, "c")}),
      {{Opcode::kPing, "1"}, {Opcode::kPong, "2"}, {Opcode::kText, "ab"}, {Opcode::kBinary, "c"}});
}

TEST(MessageReaderTest, ReadsAFragmentedMessageOfNothing) {
  expect_received(
      joined({frame(Opcode::kBinary, "", Fin::kClear),
              frame(Opcode::kContinuation, "", Fin::kClear), frame(Opcode::kContinuation, "")}),
      {{Opcode::kBinary, ""}});
}

TEST(MessageReaderTest, KeepsSeveralGatheredMessagesOfOneReadApart) {
  expect_received(
      joined({frame(Opcode::kText, "on", Fin::kClear), frame(Opcode::kContinuation, "e"),
              frame(Opcode::kText, "tw", Fin::kClear), frame(Opcode::kContinuation, "o")}),
      {{Opcode::kText, "one"}, {Opcode::kText, "two"}});
}

TEST(MessageReaderTest, RejectsAContinuationOfNothing_1002) {
  expect_error(joined({frame(Opcode::kText, "a"), frame(Opcode::kContinuation, "b")}),
               CloseCode::kProtocolError, {{Opcode::kText, "a"}});
  expect_error(frame(Opcode::kContinuation, "", Fin::kClear), CloseCode::kProtocolError);
}

TEST(MessageReaderTest, RejectsANewMessageInsideAFragmentedOne_1002) {
  for (const Opcode opcode : {Opcode::kText, Opcode::kBinary}) {
    expect_error(joined({frame(Opcode::kText, "a", Fin::kClear), frame(opcode, "b")}),
                 CloseCode::kProtocolError);
  }
}

TEST(MessageReaderTest, ReportsAFaultOfOrderBeforeThoseOfTheNextByte_1002) {
  // The second frame is out of order and masked: its first byte decides.
  const Outcome outcome =
      read_in_every_way(joined({frame(Opcode::kText, "a", Fin::kClear), bytes({0x81, 0x80})}));

  EXPECT_EQ(outcome.error_detail, "a message begins before the one before it has ended");
}

TEST(MessageReaderTest, RejectsIllegalHeadersWhereverTheyStand_1002) {
  const std::vector<Received> before{{Opcode::kText, "a"}};
  for (const Bytes& header : {bytes({0xc1, 0x00}), bytes({0x83, 0x00}), bytes({0x09, 0x00}),
                              bytes({0x89, 0x7e, 0x00, 0x7e}), bytes({0x82, 0x7e, 0x00, 0x7d}),
                              bytes({0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0})}) {
    expect_error(joined({frame(Opcode::kText, "a"), header}), CloseCode::kProtocolError, before);
  }
}

TEST(MessageReaderTest, ReadsNothingBehindAnError) {
  expect_error(joined({bytes({0x83}), frame(Opcode::kText, "a")}), CloseCode::kProtocolError);
}

TEST(MessageReaderTest, ReadsNothingBehindACloseFrame) {
  expect_received(joined({frame(Opcode::kClose, "\x03\xe8"), frame(Opcode::kText, "late"),
                          bytes({0xff, 0xff})}),
                  {{Opcode::kClose, "\x03\xe8"}});
}

TEST(MessageReaderTest, HandsOutClosePayloadsAsTheyAre) {
  expect_received(frame(Opcode::kClose, "\xff"), {{Opcode::kClose, "\xff"}});
}

TEST(MessageReaderTest, ACloseFrameInsideAMessageEndsThatToo) {
  expect_received(joined({frame(Opcode::kText, "a", Fin::kClear), frame(Opcode::kClose, ""),
                          frame(Opcode::kContinuation, "b")}),
                  {{Opcode::kClose, ""}});
}

TEST(MessageReaderTest, HandsOutWholeMessagesWithoutCopyingThem) {
  Reading reading;
  const Bytes stream = joined({frame(Opcode::kText, "one"), frame(Opcode::kBinary, "two")});

  const auto space = reading.reader().prepare(reading.shared());
  std::copy(stream.begin(), stream.end(), space.begin());
  reading.reader().commit(stream.size());

  const auto one = reading.reader().next();
  const auto two = reading.reader().next();
  EXPECT_EQ(one->payload.data(), reading.shared().data() + 2);
  EXPECT_EQ(two->payload.data(), reading.shared().data() + 7);
}

TEST(MessageReaderTest, AReadThatBringsNothingLosesNothing) {
  const Bytes stream = frame(Opcode::kText, "Hello");
  Reading reading;
  reading.receive(std::span{stream}.first(4));

  static_cast<void>(reading.reader().prepare(reading.shared()));
  std::fill(reading.shared().begin(), reading.shared().end(), std::byte{0});
  static_cast<void>(reading.reader().prepare(reading.shared()));
  reading.reader().commit(0);
  EXPECT_EQ(reading.reader().next(), std::nullopt);
  reading.receive(std::span{stream}.subspan(4));

  EXPECT_THAT(reading.outcome().received, ElementsAre(Received{Opcode::kText, "Hello"}));
}

TEST(MessageReaderTest, AcceptsBytesFromElsewhereBeforeItsFirstRead) {
  const Bytes stream = joined({frame(Opcode::kText, "one"), frame(Opcode::kText, "two")});
  Reading reading;

  reading.accept(std::span{stream}.first(8));
  reading.receive(std::span{stream}.subspan(8));

  EXPECT_THAT(reading.outcome().received,
              ElementsAre(Received{Opcode::kText, "one"}, Received{Opcode::kText, "two"}));
}

TEST(MessageReaderTest, AcceptingNothingIsNothing) {
  Reading reading;

  reading.accept({});

  EXPECT_THAT(reading.outcome().received, IsEmpty());
  EXPECT_EQ(reading.reader().buffered_bytes(), 0U);
}

}  // namespace
}  // namespace wsm
