#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "base/assert.h"

namespace wsm {

/// Bytes first in, first out, always in one piece, so that one write can take all of them.
///
/// Memory: an emptied queue keeps at most kKeep bytes.
class ByteQueue {
 public:
  [[nodiscard]] bool empty() const { return head_ == bytes_.size(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - head_; }
  [[nodiscard]] std::span<const std::byte> front() const {
    return std::span{bytes_}.subspan(head_);
  }

  /// Appends `count` bytes and returns them to be written. Lifetime: until the next call.
  [[nodiscard]] std::span<std::byte> extend(std::size_t count) {
    compact();
    const std::size_t end = bytes_.size();
    bytes_.resize(end + count);
    return std::span{bytes_}.subspan(end);
  }

  void append(std::span<const std::byte> bytes) {
    const auto target = extend(bytes.size());
    if (!bytes.empty()) std::memcpy(target.data(), bytes.data(), bytes.size());
  }

  /// Drops `count` bytes from the front.
  void consume(std::size_t count) {
    WSM_ASSERT(count <= size());
    head_ += count;
    if (empty()) clear();
  }

  void clear() {
    head_ = 0;
    bytes_.clear();
    if (bytes_.capacity() > kKeep) bytes_.shrink_to_fit();
  }

 private:
  static constexpr std::size_t kKeep = 16 * 1024;

  /// Moves what is left to the front when more than half is gone: a byte moves once on average.
  void compact() {
    if (head_ <= bytes_.size() / 2 || head_ == 0) return;
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

  std::vector<std::byte> bytes_;
  std::size_t head_ = 0;
};

}  // namespace wsm
