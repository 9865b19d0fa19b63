#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/frame.h"

namespace wsm::test {

/// What a frame of the client says, unmasked.
struct ClientFrame {
  Opcode opcode;
  std::string payload;

  friend bool operator==(const ClientFrame&, const ClientFrame&) = default;
  friend std::ostream& operator<<(std::ostream& out, const ClientFrame& frame);
};

/// Takes the whole frames off the front of `bytes`; a cut one stays. A frame that a client must not
/// send (not masked, fragmented, reserved bits) fails the test.
[[nodiscard]] std::vector<ClientFrame> take_client_frames(std::string& bytes);

/// A frame as a server sends it: not masked.
[[nodiscard]] std::string server_frame(Opcode opcode, std::string_view payload);
/// The same with FIN clear: more fragments follow.
[[nodiscard]] std::string server_fragment(Opcode opcode, std::string_view payload);
[[nodiscard]] std::string server_text(std::string_view payload);
[[nodiscard]] std::string server_close(std::optional<std::uint16_t> code,
                                       std::string_view reason = {});

/// The payload of a close frame.
[[nodiscard]] std::string close_payload(std::uint16_t code, std::string_view reason = {});

/// The response to an upgrade request with `key`. `extra_headers` end with CR LF each.
[[nodiscard]] std::string upgrade_response(std::string_view key,
                                           std::string_view extra_headers = {});

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

[[nodiscard]] inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace wsm::test
