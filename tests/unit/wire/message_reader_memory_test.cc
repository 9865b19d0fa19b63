#include <algorithm>
#include <set>
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
using testing::joined;
using testing::Reading;

constexpr std::size_t kLimit = 64 << 20;
constexpr std::size_t kShared = 16 * 1024;

bool is_inside(std::span<const std::byte> inner, std::span<const std::byte> outer) {
  return inner.data() >= outer.data() && inner.data() < outer.data() + outer.size();
}

TEST(MessageReaderMemoryTest, HoldsNothingBetweenMessages) {
  Reading reading{kLimit, kShared};
  EXPECT_EQ(reading.reader().buffered_bytes(), 0U);

  reading.receive(frame(Opcode::kText, "a"));
  reading.receive(frame(Opcode::kPing, ""));
  reading.receive(frame(Opcode::kText, std::string(100'000, 'x')));
  reading.receive(
      joined({frame(Opcode::kText, "a", Fin::kClear), frame(Opcode::kContinuation, "")}));

  EXPECT_EQ(reading.outcome().received.size(), 4U);
  EXPECT_EQ(reading.reader().buffered_bytes(), 0U);
}

TEST(MessageReaderMemoryTest, FreesALargeMessageWhenThereIsNoFurtherOne) {
  Reading reading{kLimit, kShared};
  const Bytes stream = frame(Opcode::kBinary, std::string(1 << 20, 'x'));
  reading.receive(std::span{stream}.first(stream.size() - 1));
  const auto space = reading.reader().prepare(reading.shared());
  space[0] = stream.back();
  reading.reader().commit(1);

  ASSERT_TRUE(reading.reader().next());
  EXPECT_GE(reading.reader().buffered_bytes(), std::size_t{1} << 20);
  EXPECT_FALSE(reading.reader().next());
  EXPECT_EQ(reading.reader().buffered_bytes(), 0U);
}

TEST(MessageReaderMemoryTest, HoldsNothingAfterAnError) {
  Reading reading{kLimit, kShared};
  reading.receive(frame(Opcode::kText, std::string(5000, 'x'), Fin::kClear));
  EXPECT_GE(reading.reader().buffered_bytes(), 5000U);

  reading.receive(frame(Opcode::kText, "out of order"));

  EXPECT_TRUE(reading.reader().error());
  EXPECT_EQ(reading.reader().buffered_bytes(), 0U);
}

TEST(MessageReaderMemoryTest, AllocatesNothingForWhatAHeaderMerelyClaims) {
  for (const Fin fin : {Fin::kSet, Fin::kClear}) {
    Reading reading{kLimit, kShared};

    reading.receive(frame_header(Opcode::kBinary, kLimit, fin));

    EXPECT_LE(reading.reader().buffered_bytes(), kFrameHeaderMax);
  }
}

TEST(MessageReaderMemoryTest, HoldsAtMostTwiceWhatHasArrivedOfAMessage) {
  for (const std::size_t piece_size : {1UL, 100UL, 1400UL, 16'384UL, 50'000UL}) {
    Reading reading{kLimit, kShared};
    reading.receive(frame_header(Opcode::kBinary, 1 << 20));
    const Bytes piece(piece_size);
    for (std::size_t arrived = piece_size; arrived < 400'000; arrived += piece_size) {
      if (piece_size == 1 && arrived > 5'000) break;
      reading.receive(piece);
      ASSERT_LE(reading.reader().buffered_bytes(), 2 * arrived + kFrameHeaderMax);
    }
  }
}

TEST(MessageReaderMemoryTest, NeverHoldsMoreThanTheLimit) {
  constexpr std::size_t kMax = 100'000;
  Reading reading{kMax, kShared};
  reading.receive(frame(Opcode::kBinary, "", Fin::kClear));

  for (int i = 0; i < 99; ++i) {
    reading.receive(frame(Opcode::kContinuation, std::string(1000, 'x'), Fin::kClear));
    ASSERT_LE(reading.reader().buffered_bytes(), kMax);
  }
  reading.receive(frame(Opcode::kContinuation, std::string(1000, 'x')));

  EXPECT_EQ(reading.outcome().received.at(0).payload.size(), kMax);
}

TEST(MessageReaderMemoryTest, GrowsInFewStepsHoweverManyFragmentsThereAre) {
  Reading reading{kLimit, kShared};
  std::set<std::size_t> sizes;
  reading.receive(frame(Opcode::kBinary, "", Fin::kClear));

  for (int i = 0; i < 1000; ++i) {
    reading.receive(frame(Opcode::kContinuation, std::string(100, 'x'), Fin::kClear));
    sizes.insert(reading.reader().buffered_bytes());
  }

  EXPECT_LE(sizes.size(), 12U);
}

TEST(MessageReaderMemoryTest, PutsAShortTailToTheFrontOfTheSharedBuffer) {
  Reading reading{kLimit, kShared};
  const Bytes stream = frame(Opcode::kText, std::string(3000, 'x'));
  reading.receive(std::span{stream}.first(1000));

  const auto space = reading.reader().prepare(reading.shared());

  EXPECT_EQ(space.data(), reading.shared().data() + 1000);
  EXPECT_EQ(space.size(), kShared - 1000);
  std::copy(stream.begin() + 1000, stream.end(), space.begin());
  reading.reader().commit(stream.size() - 1000);
  const auto message = reading.reader().next();
  ASSERT_TRUE(message);
  EXPECT_TRUE(is_inside(message->payload, reading.shared()));
}

TEST(MessageReaderMemoryTest, ReceivesTheBulkOfALargeFrameIntoItsOwnMemory) {
  Reading reading{kLimit, kShared};
  const Bytes header = frame_header(Opcode::kBinary, 10 * kShared);
  reading.receive(joined({header, Bytes(kShared)}));

  const auto space = reading.reader().prepare(reading.shared());

  EXPECT_FALSE(is_inside(space, reading.shared()));
  EXPECT_FALSE(space.empty());
}

TEST(MessageReaderMemoryTest, ReceivesTheEndOfALargeFrameWithWhatFollowsIt) {
  Reading reading{kLimit, kShared};
  const Bytes header = frame_header(Opcode::kBinary, 10 * kShared);
  reading.receive(joined({header, Bytes(9 * kShared + 1)}));

  const auto space = reading.reader().prepare(reading.shared());

  EXPECT_EQ(space.data(), reading.shared().data());
  EXPECT_EQ(space.size(), kShared);
}

TEST(MessageReaderMemoryTest, AlwaysHasSpaceForMore) {
  Reading reading{kLimit, MessageReader::kSharedMin};
  const Bytes stream = joined({frame(Opcode::kBinary, std::string(20'000, 'x')),
                               frame(Opcode::kText, std::string(9000, 'y'), Fin::kClear),
                               frame(Opcode::kContinuation, std::string(9000, 'y'))});

  for (std::size_t at = 0; at < stream.size(); ++at) {
    ASSERT_FALSE(reading.reader().prepare(reading.shared()).empty()) << at;
    reading.receive(std::span{stream}.subspan(at, 1));
  }

  EXPECT_EQ(reading.outcome().received.size(), 2U);
}

}  // namespace
}  // namespace wsm
