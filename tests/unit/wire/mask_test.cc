#include "wire/mask.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "unit/wire/server_frames.h"

namespace wsm {
namespace {

using testing::bytes;
using testing::Bytes;
using ::testing::ElementsAreArray;
using testing::Sizes;

/// RFC 6455, section 5.3, by the letter.
Bytes masked_by_the_letter(std::span<const std::byte> payload, std::span<const std::byte> key) {
  Bytes result;
  for (std::size_t i = 0; i < payload.size(); ++i) result.push_back(payload[i] ^ key[i % 4]);
  return result;
}

const Bytes kKeyBytes = bytes({0x37, 0xfa, 0x21, 0x3d});

std::uint32_t key_in_memory() {
  std::uint32_t key = 0;
  std::memcpy(&key, kKeyBytes.data(), sizeof(key));
  return key;
}

Bytes random_bytes(std::size_t size) {
  SeededRng rng{size};
  Bytes result(size);
  for (std::byte& byte : result) byte = static_cast<std::byte>(rng.below(256));
  return result;
}

TEST(MaskTest, FromRfcExample) {
  Bytes payload = bytes({0x48, 0x65, 0x6c, 0x6c, 0x6f});

  apply_mask(payload, key_in_memory());

  EXPECT_EQ(payload, bytes({0x7f, 0x9f, 0x4d, 0x51, 0x58}));
}

TEST(MaskTest, MasksByTheLetterAtEveryAlignmentAndSize) {
  for (std::size_t offset = 0; offset < 16; ++offset) {
    for (std::size_t size = 0; size <= 40; ++size) {
      Bytes memory = random_bytes(offset + size + 8);
      const Bytes before = memory;
      const auto payload = std::span{memory}.subspan(offset, size);
      const Bytes expected = masked_by_the_letter(payload, kKeyBytes);

      apply_mask(payload, key_in_memory());

      ASSERT_THAT(payload, ElementsAreArray(expected)) << offset << " + " << size;
      ASSERT_TRUE(std::equal(memory.begin() + static_cast<std::ptrdiff_t>(offset + size),
                             memory.end(),
                             before.begin() + static_cast<std::ptrdiff_t>(offset + size)));
    }
  }
}

TEST(MaskTest, UnmasksWhatItMasked) {
  for (const std::size_t size : Sizes{0, 1, 7, 8, 9, 125, 4096, 65537}) {
    Bytes payload = random_bytes(size);
    const Bytes before = payload;

    apply_mask(payload, key_in_memory());
    apply_mask(payload, key_in_memory());

    EXPECT_EQ(payload, before);
  }
}

TEST(MaskTest, MasksOnTheWayAndLeavesTheSourceAsItIs) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const Bytes source = random_bytes(size);
    const Bytes before = source;
    Bytes target(size);

    copy_masked(target, source, key_in_memory());

    ASSERT_EQ(target, masked_by_the_letter(before, kKeyBytes));
    ASSERT_EQ(source, before);
  }
}

TEST(MaskDeathTest, RefusesATargetOfAnotherSize) {
  const Bytes source(4);
  Bytes target(5);

  EXPECT_DEATH(copy_masked(target, source, 0), "assertion failed");
}

}  // namespace
}  // namespace wsm
