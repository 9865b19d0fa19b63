#include "wire/gather_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"

namespace wsm {

void GatherBuffer::append(std::span<const std::byte> piece, std::size_t size_max) {
  if (piece.empty()) return;
  if (capacity_ - size_ < piece.size()) grow(size_ + piece.size(), size_max);
  std::memcpy(storage_.get() + size_, piece.data(), piece.size());
  size_ += piece.size();
}

std::span<std::byte> GatherBuffer::room(std::size_t least, std::size_t size_max) {
  if (capacity_ - size_ < least && capacity_ < size_max) {
    grow(std::max(size_, std::min(least, size_max)), size_max);
  }
  return {storage_.get() + size_, capacity_ - size_};
}

std::span<const std::byte> GatherBuffer::commit(std::size_t count) {
  WSM_ASSERT(count <= capacity_ - size_);
  size_ += count;
  return bytes().last(count);
}

void GatherBuffer::grow(std::size_t size_needed, std::size_t size_max) {
  WSM_ASSERT(size_needed <= size_max);
  const std::size_t capacity = size_needed > size_max / 2 ? size_max : 2 * size_needed;
  auto storage = std::make_unique_for_overwrite<std::byte[]>(capacity);
  if (size_ > 0) std::memcpy(storage.get(), storage_.get(), size_);
  storage_ = std::move(storage);
  capacity_ = capacity;
}

}  // namespace wsm
