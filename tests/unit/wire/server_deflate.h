#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <zlib.h>

#include "base/assert.h"
#include "unit/wire/server_frames.h"

namespace wsm::testing {

/// Compresses messages as a server does (RFC 7692, section 7.2.1).
class ServerDeflate {
 public:
  enum class Context { kKept, kDropped };

  explicit ServerDeflate(Context context = Context::kKept, int window_bits = 15,
                         int level = Z_DEFAULT_COMPRESSION)
      : context_(context) {
    const int status = deflateInit2(&zlib_, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY);
    WSM_ASSERT(status == Z_OK);
  }
  ~ServerDeflate() { deflateEnd(&zlib_); }
  ServerDeflate(const ServerDeflate&) = delete;
  ServerDeflate& operator=(const ServerDeflate&) = delete;

  /// The payload of a message.
  [[nodiscard]] std::string compress(std::string_view message) {
    std::string out = run(message, Z_SYNC_FLUSH);
    if (out.empty()) return out;  // Behind a flush there is nothing to say of an empty message.
    WSM_ASSERT(out.ends_with(std::string_view{"\0\0\xff\xff", 4}));
    out.resize(out.size() - 4);
    if (context_ == Context::kDropped) deflateReset(&zlib_);
    return out;
  }
  /// The same in blocks that call themselves final (section 7.2.3.4).
  [[nodiscard]] std::string compress_as_final(std::string_view message) {
    std::string out = run(message, Z_FINISH);
    deflateReset(&zlib_);
    return out + '\0';
  }
  /// The blocks of a message, with a flush between any two.
  [[nodiscard]] std::string compress_in_blocks(std::string_view first, std::string_view second) {
    const std::string block = run(first, Z_SYNC_FLUSH);
    return block + compress(second);
  }

 private:
  std::string run(std::string_view message, int flush) {
    std::string out(deflateBound(&zlib_, message.size()) + 16, '\0');
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
    zlib_.avail_in = static_cast<uInt>(message.size());
    zlib_.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib_.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&zlib_, flush);
    WSM_ASSERT(status >= 0 || (status == Z_BUF_ERROR && message.empty()));
    out.resize(out.size() - zlib_.avail_out);
    return out;
  }

  const Context context_;
  z_stream zlib_{};
};

/// What a client has compressed.
class ServerInflate {
 public:
  explicit ServerInflate(int window_bits = 15) {
    const int status = inflateInit2(&zlib_, -window_bits);
    WSM_ASSERT(status == Z_OK);
  }
  ~ServerInflate() { inflateEnd(&zlib_); }
  ServerInflate(const ServerInflate&) = delete;
  ServerInflate& operator=(const ServerInflate&) = delete;

  /// The message, or nothing where zlib finds a fault.
  [[nodiscard]] std::string expand(std::string payload) {
    payload.append("\0\0\xff\xff", 4);
    std::string out(1 << 20, '\0');
    zlib_.next_in = reinterpret_cast<Bytef*>(payload.data());
    zlib_.avail_in = static_cast<uInt>(payload.size());
    zlib_.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib_.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&zlib_, Z_SYNC_FLUSH);
    if (status != Z_OK || zlib_.avail_in != 0) return {};
    out.resize(out.size() - zlib_.avail_out);
    return out;
  }
  void forget_context() { inflateReset(&zlib_); }

 private:
  z_stream zlib_{};
};

/// A frame that begins a compressed message: RSV1 is set (section 6).
inline Bytes compressed_frame(Opcode opcode, std::string_view payload, Fin fin = Fin::kSet) {
  Bytes result = frame(opcode, payload, fin);
  result[0] |= std::byte{0x40};
  return result;
}

}  // namespace wsm::testing
