#pragma once

#include <cstddef>
#include <exception>
#include <limits>
#include <span>
#include <utility>

#include <openssl/types.h>

#include "base/byte_queue.h"

namespace wsm::io {

class TlsFilter;

/// Both directions of TLS records, as memory.
struct TlsRecords {
  std::span<const std::byte> input;  ///< Received, not read by OpenSSL yet; belongs to the feeder.
  ByteQueue output;                  ///< Written by OpenSSL, not sent yet.
  /// How much of `input` OpenSSL may read before it has to come back.
  std::size_t allowance = std::numeric_limits<std::size_t>::max();
  /// The TLS connection to a proxy whose plain bytes are the records of this one, where there is
  /// one; they are behind `input`.
  TlsFilter* under = nullptr;
  bool is_under_closed = false;  ///< It has ended, and so has this one.
  /// What was thrown in a call from OpenSSL, through which nothing can be thrown: the call that led
  /// there throws it on.
  std::exception_ptr thrown;

  void rethrow() {
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
  }
};

/// OpenSSL's view of `records`, as if it were a socket that never blocks on writing: reads take
/// from the front of `input` without a copy in between, writes append to `output`. Lifetime:
/// `records` stays where it is until the BIO is freed.
[[nodiscard]] BIO* make_record_bio(TlsRecords& records);

}  // namespace wsm::io
