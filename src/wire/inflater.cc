#include "wire/inflater.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <zlib.h>

#include "base/assert.h"
#include "wire/close_code.h"
#include "wire/deflater.h"
#include "wire/zlib_stream.h"

namespace wsm {
namespace {

constexpr std::size_t kRoomMin = 128;
constexpr std::size_t kRoomMax = std::size_t{64} * 1024;
/// JSON expands to three to eight times its size; room doubles where that is too little.
constexpr std::size_t kExpansion = 3;

ProtocolError invalid(std::string detail) {
  return {CloseCode::kInvalidPayload, "a compressed message " + std::move(detail)};
}

ProtocolError no_memory() {
  return {CloseCode::kInternalError, "no memory to expand a compressed message"};
}

}  // namespace

/// A DEFLATE stream without end.
class Inflater::Stream {
 public:
  explicit Stream(int window_bits) {
    memory_.serve(zlib_);
    // Servers with an older zlib take its smallest window where they were told to take less.
    const int bits = std::max(window_bits, Deflater::kWindowBitsMin);
    const int status = inflateInit2(&zlib_, -bits);
    WSM_ASSERT(status == Z_OK || status == Z_MEM_ERROR);
    has_memory_ = status == Z_OK;
  }
  ~Stream() { inflateEnd(&zlib_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Appends what `in` expands to.
  std::optional<ProtocolError> expand(std::span<const std::byte> in, GatherBuffer& out,
                                      std::size_t size_max);
  void begin_message() {
    is_untouched_ = true;
    is_final_ = false;
  }
  void forget_context() { inflateReset(&zlib_); }

  /// Whether nothing has come since begin_message().
  [[nodiscard]] bool is_untouched() const { return is_untouched_; }
  /// Whether the last block called itself the last of the stream, and nothing has come behind it.
  [[nodiscard]] bool is_final() const { return is_final_; }
  [[nodiscard]] bool is_between_blocks() const { return (zlib_.data_type & kBetweenBlocks) != 0; }
  [[nodiscard]] std::size_t memory_bytes() const { return memory_.bytes(); }

 private:
  static constexpr int kBetweenBlocks = 128;  // zlib.h, inflate(), of data_type.

  /// Lets zlib write into `space`. Returns what it says, and how much it has written.
  [[nodiscard]] std::pair<int, std::size_t> write_into(std::span<std::byte> space);

  z_stream zlib_{};
  ZlibMemory memory_;
  bool has_memory_ = false;
  bool is_untouched_ = true;
  bool is_final_ = false;
};

std::optional<ProtocolError> Inflater::Stream::expand(std::span<const std::byte> in,
                                                      GatherBuffer& out, std::size_t size_max) {
  if (in.empty()) return std::nullopt;
  if (!has_memory_) return no_memory();
  is_untouched_ = false;
  is_final_ = false;
  zlib_.next_in = zlib_bytes(in);
  zlib_.avail_in = zlib_size(in);
  const std::size_t wanted = std::clamp(kExpansion * in.size(), kRoomMin, kRoomMax);
  for (;;) {
    const auto room = out.room(std::min(wanted, size_max - out.size()), size_max);
    // Where no room is left, a byte apart from it shows whether there is more.
    std::byte excess{};
    const auto [status, written] = write_into(room.empty() ? std::span{&excess, 1} : room);
    if (room.empty() && written > 0) {
      return ProtocolError{CloseCode::kMessageTooBig,
                           "a compressed message expands to more than the " +
                               std::to_string(size_max) + " bytes that are allowed"};
    }
    if (!room.empty()) out.commit(written);
    if (status == Z_STREAM_END) {
      // The next block begins a stream that goes on with the window of this one (section 7.2.3.4).
      inflateResetKeep(&zlib_);
      is_final_ = zlib_.avail_in == 0;
      if (is_final_) return std::nullopt;
    } else if (status == Z_MEM_ERROR) {
      return no_memory();
    } else if (status == Z_DATA_ERROR) {
      return invalid("cannot be expanded: " + std::string{zlib_.msg ? zlib_.msg : "invalid data"});
    } else if (status == Z_BUF_ERROR || zlib_.avail_out > 0) {
      return std::nullopt;
    }
  }
}

std::pair<int, std::size_t> Inflater::Stream::write_into(std::span<std::byte> space) {
  space = space.first(std::min<std::size_t>(space.size(), std::numeric_limits<uInt>::max()));
  zlib_.next_out = zlib_bytes(space);
  zlib_.avail_out = zlib_size(space);
  const int status = ::inflate(&zlib_, Z_SYNC_FLUSH);
  return {status, space.size() - zlib_.avail_out};
}

Inflater::Inflater(const Options& options)
    : options_(options), stream_(std::make_unique<Stream>(options.window_bits)) {}

Inflater::~Inflater() = default;

std::optional<ProtocolError> Inflater::inflate(std::span<const std::byte> piece,
                                               GatherBuffer& out) {
  return stream_->expand(piece, out, options_.message_bytes_max);
}

std::optional<ProtocolError> Inflater::finish(GatherBuffer& out) {
  // Compressors have nothing to say of an empty message behind one that they have flushed.
  const bool is_whole = stream_->is_untouched() || stream_->is_final();
  if (!is_whole) {
    if (auto error = stream_->expand(kDeflateTail, out, options_.message_bytes_max)) return error;
    if (!stream_->is_between_blocks()) return invalid("ends in the middle of a block");
  }
  stream_->begin_message();
  if (!options_.keeps_context) stream_->forget_context();
  return std::nullopt;
}

std::size_t Inflater::memory_bytes() const { return stream_->memory_bytes(); }

}  // namespace wsm
