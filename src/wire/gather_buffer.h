#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace wsm {

/// Bytes that are added at the end and handed out in one piece.
///
/// Memory: at most twice what was added, and never more than the caller allows, so that nobody can
/// make it large by announcing much and sending little. Nothing at all before the first byte.
/// Moving it keeps its bytes where they are.
class GatherBuffer {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {storage_.get(), size_}; }

  /// Empties it; the memory stays.
  void clear() { size_ = 0; }
  /// Adds `piece`; `size_max` is the largest size that this buffer may ever have.
  void append(std::span<const std::byte> piece, std::size_t size_max);

  /// Free space behind the bytes, to be written into; grows when less than `least` is left and
  /// `size_max` allows more. Lifetime: until the next call of append() or room().
  [[nodiscard]] std::span<std::byte> room(std::size_t least, std::size_t size_max);

  /// Counts the first `count` bytes of the room as added, and returns them.
  std::span<const std::byte> commit(std::size_t count);

 private:
  void grow(std::size_t size_needed, std::size_t size_max);

  std::unique_ptr<std::byte[]> storage_;  // Not zeroed: every byte is written before it is read.
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace wsm
