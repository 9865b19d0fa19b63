#include "wire/deflater.h"

#include <algorithm>

#include <zlib.h>

#include "base/assert.h"
#include "wire/zlib_stream.h"

namespace wsm {
namespace {

/// Least but one: the state is 8 KiB, and requests have few different symbols.
constexpr int kMemLevel = 5;
/// Of flushing (zlib.h, deflate(), Z_SYNC_FLUSH): with less it would flush twice.
constexpr std::size_t kFlushMax = 6 + kDeflateTail.size();

}  // namespace

class Deflater::Stream {
 public:
  explicit Stream(int window_bits) {
    memory_.serve(zlib_);
    const int bits = std::min(window_bits, kWindowBits);
    const int status = deflateInit2(&zlib_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -bits, kMemLevel,
                                    Z_DEFAULT_STRATEGY);
    WSM_ASSERT(status == Z_OK || status == Z_MEM_ERROR);
    has_memory_ = status == Z_OK;
  }
  ~Stream() { deflateEnd(&zlib_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] std::vector<std::byte> run(std::span<const std::byte> payload) {
    std::vector<std::byte> out(deflateBound(&zlib_, payload.size()) + kFlushMax);
    zlib_.next_in = zlib_bytes(payload);
    zlib_.avail_in = zlib_size(payload);
    zlib_.next_out = zlib_bytes(out);
    zlib_.avail_out = zlib_size(out);
    const int status = ::deflate(&zlib_, Z_SYNC_FLUSH);
    WSM_ASSERT(status == Z_OK && zlib_.avail_in == 0 && zlib_.avail_out > 0);
    out.resize(out.size() - zlib_.avail_out - kDeflateTail.size());
    return out;
  }
  [[nodiscard]] bool has_memory() const { return has_memory_; }
  [[nodiscard]] std::size_t memory_bytes() const { return memory_.bytes(); }

 private:
  z_stream zlib_{};
  ZlibMemory memory_;
  bool has_memory_ = false;
};

Deflater::Deflater(const Options& options) : options_(options) {}
Deflater::~Deflater() = default;

std::optional<std::vector<std::byte>> Deflater::deflate(std::span<const std::byte> payload) {
  WSM_ASSERT(!payload.empty());
  if (!stream_) stream_ = std::make_unique<Stream>(options_.window_bits);
  if (!stream_->has_memory()) {
    stream_.reset();
    return std::nullopt;
  }
  auto compressed = stream_->run(payload);
  if (!options_.keeps_context) stream_.reset();
  return compressed;
}

std::size_t Deflater::memory_bytes() const { return stream_ ? stream_->memory_bytes() : 0; }

}  // namespace wsm
