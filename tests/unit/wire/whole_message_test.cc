#include "wire/whole_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/server_frames.h"
#include "wire/frame_header.h"

namespace wsm {
namespace {

using testing::as_text;
using testing::bytes;
using testing::Bytes;
using testing::Fin;
using testing::frame;
using testing::joined;
using testing::Sizes;

bool matches(const Bytes& stream) { return match_whole_message(stream).has_value(); }

TEST(WholeMessageTest, MatchesEveryLength) {
  for (const std::size_t size : Sizes{0, 1, 125, 126, 127, 65535, 65536, 70000}) {
    const std::string payload(size, 'x');
    const Bytes stream = joined({frame(Opcode::kText, payload), bytes({0x89, 0x00})});

    const auto message = match_whole_message(stream);

    ASSERT_TRUE(message) << size;
    EXPECT_EQ(message->opcode, Opcode::kText);
    EXPECT_EQ(message->frame_size, stream.size() - 2);
    EXPECT_EQ(as_text(message->payload), payload);
  }
}

TEST(WholeMessageTest, IsSilentUntilTheLastByteIsHere) {
  for (const std::size_t size : Sizes{0, 5, 125, 126, 65536}) {
    const Bytes stream = frame(Opcode::kBinary, std::string(size, 'x'));
    for (const std::size_t missing : {std::size_t{1}, stream.size() / 2, stream.size()}) {
      EXPECT_FALSE(match_whole_message(std::span{stream}.first(stream.size() - missing))) << size;
    }
  }
}

TEST(WholeMessageTest, LeavesFragmentsAndControlFramesToOthers) {
  EXPECT_FALSE(matches(frame(Opcode::kText, "a", Fin::kClear)));
  EXPECT_FALSE(matches(frame(Opcode::kContinuation, "a")));
  EXPECT_FALSE(matches(frame(Opcode::kClose, "")));
  EXPECT_FALSE(matches(frame(Opcode::kPing, "")));
  EXPECT_FALSE(matches(frame(Opcode::kPong, "")));
}

TEST(WholeMessageTest, MatchesNoHeaderThatIsIllegal) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      for (const unsigned third : {0x00U, 0x01U, 0x80U, 0xffU}) {
        Bytes stream = bytes({first, second, third, 0, 0, 0, 0, 1});
        stream.resize(300);
        const auto header = parse_frame_header(stream);
        if (header) continue;
        ASSERT_FALSE(matches(stream)) << first << " " << second << " " << third;
      }
    }
  }
}

TEST(WholeMessageTest, MatchesNoLengthThatIsNotInItsShortestForm) {
  EXPECT_FALSE(matches(bytes({0x82, 126, 0, 1, 'x'})));
  EXPECT_FALSE(matches(bytes({0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 'x'})));
  EXPECT_FALSE(matches(joined({bytes({0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff}), Bytes(65535)})));
}

TEST(WholeMessageTest, IsNotFooledByLengthsThatWouldWrapAround) {
  Bytes stream = bytes({0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  stream.resize(300);

  EXPECT_FALSE(matches(stream));
}

}  // namespace
}  // namespace wsm
