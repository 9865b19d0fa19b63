#include "wire/gather_buffer.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/server_frames.h"

namespace wsm {
namespace {

using testing::as_bytes;
using testing::as_text;

constexpr std::size_t kNoLimit = 1 << 20;

TEST(GatherBufferTest, HoldsNothingAtFirst) {
  const GatherBuffer buffer;

  EXPECT_EQ(buffer.capacity(), 0U);
  EXPECT_TRUE(buffer.bytes().empty());
}

TEST(GatherBufferTest, HandsOutWhatWasAppendedInOnePiece) {
  GatherBuffer buffer;

  buffer.append(as_bytes("one "), kNoLimit);
  buffer.append(as_bytes(""), kNoLimit);
  buffer.append(as_bytes("two"), kNoLimit);

  EXPECT_EQ(as_text(buffer.bytes()), "one two");
}

TEST(GatherBufferTest, NeverHoldsMoreThanTwiceWhatHasArrived) {
  GatherBuffer buffer;

  for (int i = 0; i < 1000; ++i) {
    buffer.append(as_bytes("0123456789abc"), kNoLimit);
    ASSERT_LE(buffer.capacity(), 2 * buffer.size());
  }
}

TEST(GatherBufferTest, NeverHoldsMoreThanIsAllowed) {
  GatherBuffer buffer;

  buffer.append(as_bytes("0123456"), 10);
  EXPECT_EQ(buffer.capacity(), 10U);

  buffer.append(as_bytes("789"), 10);
  EXPECT_EQ(buffer.capacity(), 10U);
  EXPECT_EQ(as_text(buffer.bytes()), "0123456789");
}

TEST(GatherBufferTest, CommitsWhatWasWrittenIntoItsRoom) {
  GatherBuffer buffer;
  buffer.append(as_bytes("abc"), kNoLimit);

  const auto room = buffer.room(3, kNoLimit);
  ASSERT_GE(room.size(), 3U);
  room[0] = std::byte{'d'};
  room[1] = std::byte{'e'};
  const auto added = buffer.commit(2);

  EXPECT_EQ(as_text(added), "de");
  EXPECT_EQ(as_text(buffer.bytes()), "abcde");
}

TEST(GatherBufferTest, GrowsItsRoomOnlyWhenLessThanAskedForIsLeft) {
  GatherBuffer buffer;
  buffer.append(as_bytes("abcd"), kNoLimit);
  const std::size_t capacity = buffer.capacity();

  EXPECT_EQ(buffer.room(4, kNoLimit).size(), 4U);
  EXPECT_EQ(buffer.capacity(), capacity);

  buffer.commit(1);
  EXPECT_EQ(buffer.room(4, kNoLimit).size(), 5U);
  EXPECT_EQ(buffer.capacity(), 10U);
}

TEST(GatherBufferTest, KeepsItsBytesInPlaceWhenItIsMoved) {
  GatherBuffer buffer;
  buffer.append(as_bytes("abc"), kNoLimit);
  const std::byte* const place = buffer.bytes().data();

  const GatherBuffer moved = std::move(buffer);

  EXPECT_EQ(moved.bytes().data(), place);
  EXPECT_EQ(as_text(moved.bytes()), "abc");
}

TEST(GatherBufferDeathTest, RefusesMoreThanIsAllowedOrThereIsRoomFor) {
  GatherBuffer buffer;
  buffer.append(as_bytes("abc"), 4);

  EXPECT_DEATH(buffer.append(as_bytes("de"), 4), "assertion failed");
  EXPECT_DEATH(buffer.commit(2), "assertion failed");
}

}  // namespace
}  // namespace wsm
