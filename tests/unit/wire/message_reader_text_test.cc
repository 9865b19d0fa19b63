#include <string>
#include <vector>

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
using testing::joined;
using testing::Outcome;
using testing::read_bytewise;
using testing::read_cut;
using testing::read_whole;
using testing::Reading;
using testing::Sizes;

constexpr std::uint64_t kLimit = 1 << 20;

/// After how many bytes of `stream`, one at a time, the reader fails.
std::optional<std::size_t> bytes_until_error(const Bytes& stream, Reading reading = Reading{}) {
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    reading.receive(std::span{stream}.subspan(size - 1, 1));
    if (reading.reader().error()) return size;
  }
  return std::nullopt;
}

/// Texts with one fault each, at their ends.
const std::vector<std::string> kFaultyTexts{
    "\xff",     "ok\x80",   "\xc0",          "\xc3(",
    "\xe0\x80", "\xed\xa0", "\xe2\x82(",     "\xf0\x80",
    "\xf4\x90", "\xf5",     "\xf0\x9f\x98(", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0",
};

TEST(MessageReaderTextTest, FailsAtTheFirstWrongByteInsideAFrame_1007) {
  for (const std::string& text : kFaultyTexts) {
    const Bytes stream =
        joined({frame_header(Opcode::kText, text.size() + 100),
                Bytes(testing::as_bytes(text).begin(), testing::as_bytes(text).end())});

    EXPECT_EQ(bytes_until_error(stream), stream.size());
    EXPECT_EQ(read_whole(stream).error, CloseCode::kInvalidPayload);
  }
}

TEST(MessageReaderTextTest, FailsAtTheFirstWrongByteInsideAFragment_1007) {
  for (const std::string& text : kFaultyTexts) {
    const Bytes first = frame(Opcode::kText, text.substr(0, text.size() / 2), Fin::kClear);
    const std::string rest = text.substr(text.size() / 2);
    const Bytes stream = joined(
        {first, frame(Opcode::kPing, ""), frame_header(Opcode::kContinuation, rest.size() + 100),
         Bytes(testing::as_bytes(rest).begin(), testing::as_bytes(rest).end())});

    EXPECT_EQ(bytes_until_error(stream), stream.size());
    EXPECT_EQ(read_whole(stream).error, CloseCode::kInvalidPayload);
  }
}

TEST(MessageReaderTextTest, AcceptsCharactersThatFragmentsCut) {
  const std::string text = "\xce\xba\xe1\xbd\xb9\xf0\x9f\x98\x80";
  Bytes stream = frame(Opcode::kText, "", Fin::kClear);
  for (const char c : text) {
    stream = joined({stream, frame(Opcode::kContinuation, {&c, 1}, Fin::kClear)});
  }
  stream = joined({stream, frame(Opcode::kContinuation, "")});
  const Outcome expected{{{Opcode::kText, text}}, std::nullopt, ""};

  EXPECT_EQ(read_whole(stream), expected);
  EXPECT_EQ(read_bytewise(stream), expected);
}

TEST(MessageReaderTextTest, RejectsMessagesThatEndInsideACharacter_1007) {
  for (const std::string_view text : {"\xc3", "ab\xe2\x82", "\xf0\x9f\x98"}) {
    for (const Bytes& stream :
         {frame(Opcode::kText, text),
          joined({frame(Opcode::kText, text, Fin::kClear), frame(Opcode::kContinuation, "")})}) {
      const Outcome outcome = read_whole(stream);
      EXPECT_EQ(outcome.error, CloseCode::kInvalidPayload);
      EXPECT_EQ(bytes_until_error(stream), stream.size());
      EXPECT_EQ(read_bytewise(stream), outcome);
    }
  }
}

TEST(MessageReaderTextTest, DoesNotCheckBinary) {
  const Outcome expected{
      {{Opcode::kBinary, "\xff\xc0"}, {Opcode::kBinary, "\x80\x80"}}, std::nullopt, ""};
  const Bytes stream =
      joined({frame(Opcode::kBinary, "\xff\xc0"), frame(Opcode::kBinary, "\x80", Fin::kClear),
              frame(Opcode::kContinuation, "\x80")});

  EXPECT_EQ(read_whole(stream), expected);
  EXPECT_EQ(read_bytewise(stream), expected);
}

TEST(MessageReaderTextTest, FindsAFaultInEveryPartOfALargeMessage_1007) {
  constexpr std::size_t kSize = 40'000;
  for (const std::size_t wrong : Sizes{0, 1, 1000, 2046, 2047, 4085, 4086, 8191, 20'000, 39'999}) {
    std::string text(kSize, 'a');
    text[wrong] = '\xff';
    const Bytes stream = frame(Opcode::kText, text);
    const std::size_t header_size = stream.size() - kSize;

    EXPECT_EQ(bytes_until_error(stream), header_size + wrong + 1);
    EXPECT_EQ(read_whole(stream).error, CloseCode::kInvalidPayload);
    EXPECT_EQ(read_cut(stream, {3000, 9000}), read_whole(stream, Reading{kLimit, 1 << 17}));
  }
}

TEST(MessageReaderTextTest, AcceptsLargeMessagesOfManyByteCharactersHoweverTheyAreCut) {
  std::string text;
  while (text.size() < 30'000) text += "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  const Bytes stream = frame(Opcode::kText, text);
  const Outcome expected{{{Opcode::kText, text}}, std::nullopt, ""};

  EXPECT_EQ(read_whole(stream), expected);
  EXPECT_EQ(read_bytewise(stream), expected);
  for (std::size_t cut = 2000; cut < 2100; ++cut) {
    EXPECT_EQ(read_cut(stream, {cut, cut + 1, cut + 4000}), expected);
  }
}

}  // namespace
}  // namespace wsm
