#include "wire/frame_encoder.h"

#include <cstring>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/server_frames.h"
#include "wire/mask.h"

namespace wsm {
namespace {

using testing::as_bytes;
using testing::as_text;
using testing::bytes;
using testing::Bytes;
using testing::joined;

std::uint32_t key_of(const Bytes& key_bytes) {
  std::uint32_t key = 0;
  std::memcpy(&key, key_bytes.data(), sizeof(key));
  return key;
}

const Bytes kKey = bytes({0x37, 0xfa, 0x21, 0x3d});

Bytes encoded(Opcode opcode, std::string_view payload) {
  ByteQueue out;
  encode_frame(out, opcode, as_bytes(payload), key_of(kKey));
  return {out.front().begin(), out.front().end()};
}

struct LengthCase {
  std::size_t payload_size;
  Bytes header;  // Without the key.
};

class FrameEncoderLengthTest : public ::testing::TestWithParam<LengthCase> {};

TEST(FrameEncoderTest, FromRfcExample) {
  EXPECT_EQ(encoded(Opcode::kText, "Hello"),
            bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
}

TEST(FrameEncoderTest, WritesEveryOpcodeWithFin) {
  EXPECT_EQ(encoded(Opcode::kText, "")[0], std::byte{0x81});
  EXPECT_EQ(encoded(Opcode::kBinary, "")[0], std::byte{0x82});
  EXPECT_EQ(encoded(Opcode::kClose, "")[0], std::byte{0x88});
  EXPECT_EQ(encoded(Opcode::kPing, "")[0], std::byte{0x89});
  EXPECT_EQ(encoded(Opcode::kPong, "")[0], std::byte{0x8a});
}

TEST(FrameEncoderTest, MasksEmptyPayloadsToo) {
  EXPECT_EQ(encoded(Opcode::kPing, ""), bytes({0x89, 0x80, 0x37, 0xfa, 0x21, 0x3d}));
}

TEST_P(FrameEncoderLengthTest, WritesTheShortestFormAndRoundTrips) {
  const auto& [payload_size, header] = GetParam();
  std::string payload(payload_size, 'x');
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i * 7);

  const Bytes frame = encoded(Opcode::kBinary, payload);

  const std::size_t header_size = header.size() + kKey.size();
  ASSERT_EQ(frame.size(), header_size + payload_size);
  const auto split = frame.begin() + static_cast<std::ptrdiff_t>(header_size);
  EXPECT_EQ(Bytes(frame.begin(), split), joined({header, kKey}));
  Bytes body(split, frame.end());
  apply_mask(body, key_of(kKey));
  EXPECT_EQ(as_text(body), payload);
}

INSTANTIATE_TEST_SUITE_P(
    Lengths, FrameEncoderLengthTest,
    ::testing::Values(LengthCase{0, bytes({0x82, 0x80})}, LengthCase{1, bytes({0x82, 0x81})},
                      LengthCase{125, bytes({0x82, 0xfd})},
                      LengthCase{126, bytes({0x82, 0xfe, 0x00, 0x7e})},
                      LengthCase{127, bytes({0x82, 0xfe, 0x00, 0x7f})},
                      LengthCase{65535, bytes({0x82, 0xfe, 0xff, 0xff})},
                      LengthCase{65536, bytes({0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0})}),
    [](const auto& length) { return std::to_string(length.param.payload_size); });

TEST(FrameEncoderTest, AppendsFramesOneBehindTheOther) {
  ByteQueue out;

  encode_frame(out, Opcode::kPing, as_bytes("a"), 0);
  encode_frame(out, Opcode::kPong, as_bytes("b"), 0);

  EXPECT_EQ(as_text(out.front()),
            as_text(bytes({0x89, 0x81, 0, 0, 0, 0, 'a', 0x8a, 0x81, 0, 0, 0, 0, 'b'})));
}

TEST(FrameEncoderDeathTest, RefusesControlFramesThatAreTooLong) {
  EXPECT_EQ(encoded(Opcode::kPing, std::string(125, 'x')).size(), 2U + 4U + 125U);
  EXPECT_DEATH(encoded(Opcode::kPing, std::string(126, 'x')), "assertion failed");
}

}  // namespace
}  // namespace wsm
