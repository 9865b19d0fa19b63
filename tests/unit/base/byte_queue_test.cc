#include "base/byte_queue.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span{text}); }

std::string text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(ByteQueueTest, IsEmptyAtFirst) {
  const ByteQueue queue;

  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_TRUE(queue.front().empty());
}

TEST(ByteQueueTest, HandsOutAllBytesInOnePieceInTheirOrder) {
  ByteQueue queue;

  queue.append(bytes("one "));
  queue.append(bytes(""));
  queue.append(bytes("two"));

  EXPECT_EQ(queue.size(), 7U);
  EXPECT_EQ(text(queue.front()), "one two");
}

TEST(ByteQueueTest, ExtendsByBytesThatTheCallerWrites) {
  ByteQueue queue;
  queue.append(bytes("a"));

  const auto room = queue.extend(2);
  room[0] = std::byte{'b'};
  room[1] = std::byte{'c'};

  EXPECT_EQ(room.size(), 2U);
  EXPECT_EQ(text(queue.front()), "abc");
}

TEST(ByteQueueTest, ConsumesFromTheFront) {
  ByteQueue queue;
  queue.append(bytes("abcdef"));

  queue.consume(0);
  EXPECT_EQ(text(queue.front()), "abcdef");

  queue.consume(5);
  EXPECT_EQ(text(queue.front()), "f");

  queue.consume(1);
  EXPECT_TRUE(queue.empty());
}

TEST(ByteQueueTest, CanBeUsedAgainAfterItWasCleared) {
  ByteQueue queue;
  queue.append(bytes("old"));
  queue.consume(1);

  queue.clear();
  queue.append(bytes("new"));

  EXPECT_EQ(text(queue.front()), "new");
}

TEST(ByteQueueTest, KeepsItsOrderThroughAnyMixOfAppendingAndConsuming) {
  SeededRng rng{7};
  ByteQueue queue;
  std::string model;

  for (int step = 0; step < 2000; ++step) {
    const std::string piece(rng.below(40), static_cast<char>('a' + step % 26));
    queue.append(bytes(piece));
    model += piece;
    const std::size_t taken = rng.below(model.size() + 1);
    queue.consume(taken);
    model.erase(0, taken);
    ASSERT_EQ(text(queue.front()), model) << "after step " << step;
  }
}

TEST(ByteQueueDeathTest, RefusesToConsumeMoreThanThereIs) {
  ByteQueue queue;
  queue.append(bytes("ab"));

  EXPECT_DEATH(queue.consume(3), "assertion failed: count <= size\\(\\)");
}

}  // namespace
}  // namespace wsm
