// Compressed messages among others (RFC 7692).

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "unit/wire/reading.h"
#include "unit/wire/reading_in_every_way.h"
#include "unit/wire/server_deflate.h"
#include "wire/message_reader.h"

namespace wsm {
namespace {

using testing::bytes;
using testing::Bytes;
using testing::compressed_frame;
using ::testing::ElementsAre;
using testing::Fin;
using testing::frame;
using ::testing::Gt;
using ::testing::HasSubstr;
using testing::joined;
using testing::Outcome;
using testing::read_cut;
using testing::read_whole;
using testing::Reading;
using testing::Received;
using testing::ServerDeflate;
using Context = ServerDeflate::Context;

class MessageReaderDeflateTest : public ::testing::Test {
 protected:
  [[nodiscard]] Reading reading() const {
    Reading result{message_bytes_max};
    result.reader().expect_compression(agreement, expanded_bytes_max);
    return result;
  }
  Outcome read_in_every_way(const Bytes& stream) {
    return testing::read_in_every_way(stream, [this] { return reading(); });
  }
  void expect_received(const Bytes& stream, const std::vector<Received>& expected) {
    const Outcome outcome = read_in_every_way(stream);
    EXPECT_EQ(outcome.received, expected);
    EXPECT_EQ(outcome.error, std::nullopt) << outcome.error_detail;
  }
  /// Returns what is said of it.
  std::string expect_error(const Bytes& stream, CloseCode code) {
    const Outcome outcome = read_in_every_way(stream);
    EXPECT_EQ(outcome.error, code);
    return outcome.error_detail;
  }

  std::size_t message_bytes_max = 1 << 20;
  std::size_t expanded_bytes_max = 1 << 20;
  DeflateAgreement agreement;
  ServerDeflate server;
};

TEST_F(MessageReaderDeflateTest, FromRfcExampleInOneFrame) {
  expect_received(bytes({0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00}),
                  {{Opcode::kText, "Hello"}});
}

TEST_F(MessageReaderDeflateTest, FromRfcExampleInTwoFrames) {
  expect_received(bytes({0x41, 0x03, 0xf2, 0x48, 0xcd, 0x80, 0x04, 0xc9, 0xc9, 0x07, 0x00}),
                  {{Opcode::kText, "Hello"}});
}

TEST_F(MessageReaderDeflateTest, TakesMessagesOfBothKindsAndControlFramesBetween) {
  const std::string one = server.compress("one");
  const std::string two = server.compress("two two two");
  const Bytes stream = joined({compressed_frame(Opcode::kText, one), frame(Opcode::kText, "plain"),
                               compressed_frame(Opcode::kBinary, two.substr(0, 3), Fin::kClear),
                               frame(Opcode::kPing, "ping"),
                               frame(Opcode::kContinuation, two.substr(3), Fin::kClear),
                               frame(Opcode::kContinuation, ""), frame(Opcode::kBinary, "plain")});

  expect_received(stream, {{Opcode::kText, "one"},
                           {Opcode::kText, "plain"},
                           {Opcode::kPing, "ping"},
                           {Opcode::kBinary, "two two two"},
                           {Opcode::kBinary, "plain"}});
}

TEST_F(MessageReaderDeflateTest, EmptyMessagesAreMessages) {
  const std::string first = server.compress("");
  const std::string again = server.compress("");
  expect_received(
      joined({compressed_frame(Opcode::kText, first), compressed_frame(Opcode::kText, again)}),
      {{Opcode::kText, ""}, {Opcode::kText, ""}});
}

/// However many come in one read.
TEST_F(MessageReaderDeflateTest, OneMessageAtATimeIsHeldExpanded) {
  constexpr std::size_t kExpanded = 100'000;
  Bytes stream;
  for (int i = 0; i < 20; ++i) {
    const Bytes one = compressed_frame(Opcode::kText, server.compress(std::string(kExpanded, 'a')));
    stream.insert(stream.end(), one.begin(), one.end());
  }
  Reading batch = reading();
  MessageReader& reader = batch.reader();
  reader.accept(stream);

  std::size_t count = 0;
  while (reader.next()) {
    ++count;
    ASSERT_LE(reader.buffered_bytes(), stream.size() + 2 * kExpanded);
  }
  EXPECT_EQ(count, 20U);
  EXPECT_EQ(reader.buffered_bytes(), 0U);
}

TEST_F(MessageReaderDeflateTest, TheFirstFrameAloneSaysThatItIsCompressed) {
  const std::string payload = server.compress("payload");
  const auto marked = [](Bytes bytes) {
    bytes[0] |= std::byte{0x40};
    return bytes;
  };
  const Bytes begin = compressed_frame(Opcode::kText, payload.substr(0, 2), Fin::kClear);

  EXPECT_THAT(expect_error(joined({begin, marked(frame(Opcode::kContinuation, payload.substr(2)))}),
                           CloseCode::kProtocolError),
              HasSubstr("begins no message"));
  EXPECT_THAT(expect_error(marked(frame(Opcode::kPing, "")), CloseCode::kProtocolError),
              HasSubstr("begins no message"));
}

TEST_F(MessageReaderDeflateTest, NeverWithoutAgreementAndNeverTheOtherBits) {
  const Bytes hello = bytes({0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
  EXPECT_EQ(read_whole(hello).error, CloseCode::kProtocolError);
  for (const unsigned bit : {0x20U, 0x10U}) {
    Bytes other = hello;
    other[0] |= static_cast<std::byte>(bit);
    EXPECT_THAT(expect_error(other, CloseCode::kProtocolError), HasSubstr("no agreed extension"));
  }
}

TEST_F(MessageReaderDeflateTest, TextIsCheckedAsItIsExpanded) {
  const Bytes bad = compressed_frame(Opcode::kText, server.compress("caf\xe9, and more"));
  EXPECT_THAT(expect_error(bad, CloseCode::kInvalidPayload), HasSubstr("is not UTF-8"));

  const Bytes cut = compressed_frame(Opcode::kText, ServerDeflate{}.compress("caf\xc3"));
  EXPECT_THAT(expect_error(cut, CloseCode::kInvalidPayload), HasSubstr("middle of a character"));
}

TEST_F(MessageReaderDeflateTest, WhatIsNoDeflateDataIsAnError) {
  EXPECT_THAT(
      expect_error(compressed_frame(Opcode::kBinary, "\x07garbage"), CloseCode::kInvalidPayload),
      HasSubstr("cannot be expanded"));
}

TEST_F(MessageReaderDeflateTest, BothSizesAreBounded) {
  const std::string payload = server.compress(std::string(10'000, 'x'));
  expanded_bytes_max = 9'999;
  EXPECT_THAT(expect_error(compressed_frame(Opcode::kBinary, payload), CloseCode::kMessageTooBig),
              HasSubstr("expands to more than the 9999 bytes"));

  message_bytes_max = payload.size() - 1;
  EXPECT_THAT(expect_error(compressed_frame(Opcode::kBinary, payload), CloseCode::kMessageTooBig),
              HasSubstr("a message is larger than"));
  const Bytes in_parts =
      joined({compressed_frame(Opcode::kBinary, payload.substr(0, 5), Fin::kClear),
              frame(Opcode::kContinuation, payload.substr(5))});
  EXPECT_THAT(expect_error(in_parts, CloseCode::kMessageTooBig),
              HasSubstr("a message is larger than"));
}

TEST_F(MessageReaderDeflateTest, WithoutContextNothingIsHeldBetweenMessages) {
  agreement.server_keeps_context = false;
  ServerDeflate fresh{Context::kDropped};
  Reading idle = reading();
  for (int i = 0; i < 2; ++i) {
    idle.receive(compressed_frame(Opcode::kText, fresh.compress("the same")));
    EXPECT_EQ(idle.reader().compression_bytes(), 0U);
  }
  EXPECT_THAT(idle.outcome().received, ElementsAre(Received{Opcode::kText, "the same"},
                                                   Received{Opcode::kText, "the same"}));

  const std::string long_one = fresh.compress(std::string(200, 'a') + "b");
  idle.receive(compressed_frame(Opcode::kText, long_one.substr(0, 4), Fin::kClear));
  EXPECT_THAT(idle.reader().compression_bytes(), Gt(0U)) << "the message is not over";
}

/// Messages of all sizes, cut anywhere, over a connection that keeps its context.
TEST_F(MessageReaderDeflateTest, AnythingComesThroughCutAnywhere) {
  SeededRng rng{11};
  for (int round = 0; round < 50; ++round) {
    ServerDeflate sender;
    Bytes stream;
    std::vector<Received> expected;
    for (int i = 0; i < 20; ++i) {
      std::string text;
      const std::size_t size = rng.below(i == 0 ? 100'000 : 2'000);
      while (text.size() < size) text += "price " + std::to_string(rng.below(1000)) + ' ';
      const bool is_compressed = rng.below(3) > 0;
      const Bytes one = is_compressed ? compressed_frame(Opcode::kText, sender.compress(text))
                                      : frame(Opcode::kText, text);
      stream.insert(stream.end(), one.begin(), one.end());
      expected.push_back({Opcode::kText, std::move(text)});
    }
    std::vector<std::size_t> cuts;
    for (std::size_t at = rng.below(500); at < stream.size(); at += 1 + rng.below(5'000)) {
      cuts.push_back(at);
    }
    const Outcome outcome = read_cut(stream, cuts, reading());
    ASSERT_EQ(outcome.error, std::nullopt) << outcome.error_detail;
    ASSERT_EQ(outcome.received, expected);
  }
}

}  // namespace
}  // namespace wsm
