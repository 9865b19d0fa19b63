#include "wire/mask.h"

#include <cstring>

#include "base/assert.h"

namespace wsm {

void apply_mask(std::span<std::byte> payload, std::uint32_t key) {
  copy_masked(payload, payload, key);
}

void copy_masked(std::span<std::byte> target, std::span<const std::byte> source,
                 std::uint32_t key) {
  WSM_ASSERT(target.size() == source.size());
  // Two keys side by side: a step of eight bytes leaves the key where it was, whatever the order
  // of bytes in a word, because all three words are read from memory in the same way.
  std::byte key_bytes[8];
  std::memcpy(key_bytes, &key, 4);
  std::memcpy(key_bytes + 4, &key, 4);
  std::uint64_t key_word = 0;
  std::memcpy(&key_word, key_bytes, 8);

  const std::size_t size = source.size();
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, source.data() + at, 8);
    word ^= key_word;
    std::memcpy(target.data() + at, &word, 8);
  }
  for (; at < size; ++at) target[at] = source[at] ^ key_bytes[at % 4];
}

}  // namespace wsm
