#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/server_codec.h"

namespace wsm::test {

std::ostream& operator<<(std::ostream& out, const ClientFrame& frame);

/// Takes the whole frames off the front of `bytes`; a cut one stays. A frame that a client must not
/// send (not masked, fragmented, reserved bits, compressed without agreement) fails the test.
[[nodiscard]] std::vector<ClientFrame> take_client_frames(std::string& bytes,
                                                          bool may_compress = false);

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

[[nodiscard]] inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace wsm::test
