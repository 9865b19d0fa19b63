#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <span>

#include <zlib.h>

#include "base/assert.h"

namespace wsm {

/// What every compressed message ends with, and leaves out (RFC 7692, section 7.2.1).
inline constexpr std::array kDeflateTail{std::byte{0x00}, std::byte{0x00}, std::byte{0xff},
                                         std::byte{0xff}};

/// Counts what zlib asks for. Nothing is counted back: a stream frees all at its end.
class ZlibMemory {
 public:
  /// To be called before the stream's init. Lifetime: longer than the stream's, at one place.
  void serve(z_stream& stream) {
    stream.opaque = this;
    stream.zalloc = [](voidpf self, uInt items, uInt size) -> voidpf {
      static_cast<ZlibMemory*>(self)->bytes_ += std::size_t{items} * size;
      return std::calloc(items, size);
    };
    stream.zfree = [](voidpf, voidpf memory) { std::free(memory); };
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

/// zlib takes no const input, and writes to none.
[[nodiscard]] inline Bytef* zlib_bytes(std::span<const std::byte> bytes) {
  return reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
}
[[nodiscard]] inline uInt zlib_size(std::span<const std::byte> bytes) {
  WSM_ASSERT(bytes.size() <= std::numeric_limits<uInt>::max());
  return static_cast<uInt>(bytes.size());
}

}  // namespace wsm
