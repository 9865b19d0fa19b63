#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "wire/gather_buffer.h"
#include "wire/protocol_error.h"

namespace wsm {

/// Expands the payloads of compressed messages, one after the other (RFC 7692, section 7.2.2).
///
/// The same bytes give the same payload and the same error, however they are cut; what came before
/// an error stands in `out`. One exception: a server that refers further back than the window
/// smaller than the largest that it has agreed to is found out in some cuts only.
///
/// Memory: 7 KiB, and the window once it has been needed.
class Inflater {
 public:
  struct Options {
    int window_bits;
    bool keeps_context;  ///< A message may refer to those before it.
    std::size_t message_bytes_max;
  };

  explicit Inflater(const Options& options);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Appends to `out`, which holds this message and nothing else, what the next piece expands to.
  /// Errors: kInvalidPayload when it is no DEFLATE data, kMessageTooBig, kInternalError when zlib
  /// has got no memory. Nothing may follow one.
  [[nodiscard]] std::optional<ProtocolError> inflate(std::span<const std::byte> piece,
                                                     GatherBuffer& out);
  /// The message has ended. The same for the rest of it.
  [[nodiscard]] std::optional<ProtocolError> finish(GatherBuffer& out);

  /// What zlib holds at the moment.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  class Stream;

  const Options options_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace wsm
