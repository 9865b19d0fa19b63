#include "wire/frame_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/server_frames.h"
#include "wire/close_code.h"

namespace wsm {
namespace {

using testing::bytes;
using testing::Bytes;
using testing::Fin;
using testing::frame_header;
using ::testing::HasSubstr;

/// After how many bytes of `header` its fault shows; none if it has none.
std::optional<std::size_t> bytes_until_fault(const Bytes& header) {
  for (std::size_t size = 0; size <= header.size(); ++size) {
    const auto parsed = parse_frame_header(std::span{header}.first(size));
    if (!parsed) {
      EXPECT_EQ(parsed.error().code, CloseCode::kProtocolError);
      return size;
    }
  }
  return std::nullopt;
}

std::string fault_of(const Bytes& header) {
  const auto parsed = parse_frame_header(header);
  return parsed ? "no fault" : parsed.error().detail;
}

TEST(FrameHeaderTest, ReadsEveryLengthInEveryForm) {
  for (const std::uint64_t size :
       {0ULL, 1ULL, 125ULL, 126ULL, 127ULL, 65535ULL, 65536ULL, 0x7fffffffffffffffULL}) {
    const Bytes encoded = frame_header(Opcode::kBinary, size);

    const auto header = parse_frame_header(encoded);

    ASSERT_TRUE(header && *header) << size;
    EXPECT_EQ((*header)->payload_size, size);
    EXPECT_EQ((*header)->size, encoded.size());
    EXPECT_EQ((*header)->opcode, Opcode::kBinary);
    EXPECT_TRUE((*header)->is_final);
  }
}

TEST(FrameHeaderTest, WaitsForTheLastByteOfALegalHeader) {
  for (const std::uint64_t size : {5ULL, 300ULL, 70000ULL}) {
    const Bytes encoded = frame_header(Opcode::kText, size);
    for (std::size_t here = 0; here < encoded.size(); ++here) {
      const auto header = parse_frame_header(std::span{encoded}.first(here));
      ASSERT_TRUE(header);
      EXPECT_EQ(*header, std::nullopt);
    }
  }
}

TEST(FrameHeaderTest, ReadsFragments) {
  const auto first = parse_frame_header(frame_header(Opcode::kText, 3, Fin::kClear));
  const auto last = parse_frame_header(frame_header(Opcode::kContinuation, 2));

  EXPECT_FALSE((*first)->is_final);
  EXPECT_EQ((*last)->opcode, Opcode::kContinuation);
  EXPECT_TRUE((*last)->is_final);
}

TEST(FrameHeaderTest, LeavesThePayloadAlone) {
  const auto header = parse_frame_header(bytes({0x81, 0x02, 0xff, 0xff}));

  EXPECT_EQ((*header)->size, 2U);
  EXPECT_EQ((*header)->payload_size, 2U);
}

TEST(FrameHeaderTest, RejectsReservedBits_1002) {
  for (const unsigned bit : {0x40U, 0x20U, 0x10U}) {
    EXPECT_EQ(bytes_until_fault(bytes({0x81U | bit, 0x00})), 1U);
    EXPECT_THAT(fault_of(bytes({0x81U | bit})), HasSubstr("reserved bit"));
  }
}

TEST(FrameHeaderTest, RejectsReservedOpcodes_1002) {
  for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
    EXPECT_EQ(bytes_until_fault(bytes({0x80U | opcode, 0x00})), 1U) << opcode;
    EXPECT_THAT(fault_of(bytes({0x80U | opcode})), HasSubstr("opcode"));
  }
}

TEST(FrameHeaderTest, RejectsFragmentedControlFrames_1002) {
  for (const unsigned opcode : {8U, 9U, 10U}) {
    EXPECT_EQ(bytes_until_fault(bytes({opcode, 0x00})), 1U) << opcode;
    EXPECT_THAT(fault_of(bytes({opcode})), HasSubstr("fragmented"));
  }
}

TEST(FrameHeaderTest, RejectsLongControlFrames_1002) {
  for (const unsigned opcode : {0x88U, 0x89U, 0x8aU}) {
    EXPECT_EQ(bytes_until_fault(bytes({opcode, 125})), std::nullopt);
    EXPECT_EQ(bytes_until_fault(bytes({opcode, 126, 0, 126})), 2U);
    EXPECT_EQ(bytes_until_fault(bytes({opcode, 127})), 2U);
  }
  EXPECT_THAT(fault_of(bytes({0x89, 126})), HasSubstr("too long"));
}

TEST(FrameHeaderTest, RejectsMaskedFrames_1002) {
  EXPECT_EQ(bytes_until_fault(bytes({0x81, 0x80, 1, 2, 3, 4})), 2U);
  EXPECT_THAT(fault_of(bytes({0x81, 0x85})), HasSubstr("masked"));
}

TEST(FrameHeaderTest, RejectsTwoByteLengthsThatFitIntoOne_1002) {
  EXPECT_EQ(bytes_until_fault(bytes({0x82, 126, 0, 0})), 4U);
  EXPECT_EQ(bytes_until_fault(bytes({0x82, 126, 0, 125})), 4U);
  EXPECT_EQ(bytes_until_fault(bytes({0x82, 126, 0, 126})), std::nullopt);
  EXPECT_THAT(fault_of(bytes({0x82, 126, 0, 125})), HasSubstr("shortest form"));
}

TEST(FrameHeaderTest, RejectsEightByteLengthsThatFitIntoTwoAtTheSixthZero_1002) {
  EXPECT_EQ(bytes_until_fault(bytes({0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff})), 8U);
  EXPECT_EQ(bytes_until_fault(bytes({0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0})), std::nullopt);
  EXPECT_THAT(fault_of(bytes({0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff})),
              HasSubstr("shortest form"));
}

TEST(FrameHeaderTest, RejectsLengthsWithTheTopBitAtTheirFirstByte_1002) {
  EXPECT_EQ(bytes_until_fault(bytes({0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0})), 3U);
  EXPECT_THAT(fault_of(bytes({0x82, 127, 0x80})), HasSubstr("top bit"));
}

TEST(FrameHeaderTest, ReportsTheSameFaultHoweverMuchIsHere) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const Bytes header = bytes({first, second, 0x80, 0, 0, 0, 0, 0, 0, 0});
      const auto size = bytes_until_fault(header);
      if (!size) continue;
      const auto early = parse_frame_header(std::span{header}.first(*size));
      ASSERT_EQ(early.error().detail, fault_of(header)) << first << " " << second;
    }
  }
}

}  // namespace
}  // namespace wsm
