#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/reading.h"
#include "unit/wire/server_frames.h"
#include "wire/message_reader.h"

namespace wsm {
namespace {

using testing::Bytes;
using testing::Fin;
using testing::frame;
using testing::frame_header;
using ::testing::HasSubstr;
using testing::joined;
using testing::Outcome;
using testing::read_bytewise;
using testing::read_whole;
using testing::Reading;

constexpr std::size_t kMax = 1000;

TEST(MessageReaderLimitsTest, AcceptsAMessageOfExactlyTheLimit) {
  const std::string payload(kMax, 'x');
  const Outcome expected{{{Opcode::kText, payload}}, std::nullopt, ""};

  for (const Bytes& stream :
       {frame(Opcode::kText, payload),
        joined({frame(Opcode::kText, payload.substr(0, 400), Fin::kClear),
                frame(Opcode::kContinuation, payload.substr(400), Fin::kClear),
                frame(Opcode::kContinuation, "")})}) {
    EXPECT_EQ(read_whole(stream, Reading{kMax}), expected);
    EXPECT_EQ(read_bytewise(stream, Reading{kMax}), expected);
  }
}

TEST(MessageReaderLimitsTest, RejectsOneByteMoreAsSoonAsTheHeaderSaysSo_1009) {
  const Outcome outcome = read_whole(frame_header(Opcode::kText, kMax + 1), Reading{kMax});

  EXPECT_EQ(outcome.error, CloseCode::kMessageTooBig);
  EXPECT_THAT(outcome.error_detail, HasSubstr("1000 bytes"));
}

TEST(MessageReaderLimitsTest, RejectsAWholeFrameOverTheLimitToo_1009) {
  const Bytes stream = frame(Opcode::kBinary, std::string(kMax + 1, 'x'));

  EXPECT_EQ(read_whole(stream, Reading{kMax}).error, CloseCode::kMessageTooBig);
  EXPECT_EQ(read_bytewise(stream, Reading{kMax}), read_whole(stream, Reading{kMax}));
}

TEST(MessageReaderLimitsTest, CountsFragmentsTogether_1009) {
  const Bytes stream = joined({frame(Opcode::kText, std::string(600, 'x'), Fin::kClear),
                               frame(Opcode::kPing, std::string(125, 'p')),
                               frame_header(Opcode::kContinuation, 401)});

  const Outcome outcome = read_whole(stream, Reading{kMax});

  EXPECT_EQ(outcome.received.size(), 1U);
  EXPECT_EQ(outcome.error, CloseCode::kMessageTooBig);
  EXPECT_EQ(read_bytewise(stream, Reading{kMax}), outcome);
}

TEST(MessageReaderLimitsTest, RejectsTheLargestLengthThatCanBeWritten_1009) {
  constexpr std::uint64_t kLargest = 0x7fffffffffffffffULL;
  const Bytes start = frame(Opcode::kBinary, "x", Fin::kClear);

  EXPECT_EQ(read_whole(frame_header(Opcode::kBinary, kLargest)).error, CloseCode::kMessageTooBig);
  EXPECT_EQ(read_whole(joined({start, frame_header(Opcode::kContinuation, kLargest)})).error,
            CloseCode::kMessageTooBig);
}

TEST(MessageReaderLimitsTest, ControlFramesAreNotMessages) {
  const Bytes stream = frame(Opcode::kPing, std::string(125, 'p'));

  EXPECT_EQ(read_whole(stream, Reading{0}).error, std::nullopt);
  EXPECT_EQ(read_whole(stream, Reading{0}).received.size(), 1U);
}

TEST(MessageReaderLimitsTest, ALimitOfNothingStillAllowsEmptyMessages) {
  EXPECT_EQ(read_whole(frame(Opcode::kText, ""), Reading{0}).error, std::nullopt);
  EXPECT_EQ(read_whole(frame(Opcode::kText, "x"), Reading{0}).error, CloseCode::kMessageTooBig);
}

TEST(MessageReaderLimitsDeathTest, RefusesASharedBufferThatIsTooSmall) {
  MessageReader reader{{.message_bytes_max = kMax}};
  Bytes small(MessageReader::kSharedMin - 1);

  EXPECT_DEATH(static_cast<void>(reader.prepare(small)), "assertion failed");
}

}  // namespace
}  // namespace wsm
