#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace wsm {

/// Compresses the payloads of messages, one after the other (RFC 7692, section 7.2.1).
///
/// Made for requests, which are small and like each other: its window is kWindowBits at most, which
/// a client is free to use less of than was agreed on.
///
/// Memory: some 50 KiB from the first message on, without a context until its end only.
class Deflater {
 public:
  static constexpr int kWindowBits = 12;
  /// zlib knows no smaller one (deflateInit2).
  static constexpr int kWindowBitsMin = 9;
  /// What is shorter does not become shorter.
  static constexpr std::size_t kWorthwhile = 128;

  struct Options {
    int window_bits;     ///< kWindowBitsMin at least.
    bool keeps_context;  ///< A message may refer to those before it.
  };

  explicit Deflater(const Options& options);
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// The compressed payload. With a context, it has to be sent, in the order of the calls. None
  /// when zlib has got no memory: it may go as it is.
  [[nodiscard]] std::optional<std::vector<std::byte>> deflate(std::span<const std::byte> payload);

  /// What zlib holds at the moment.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  class Stream;

  const Options options_;
  std::unique_ptr<Stream> stream_;  // Between messages, with a context only.
};

}  // namespace wsm
