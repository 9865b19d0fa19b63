#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/frame.h"

namespace wsm::test {

/// What a frame of the client says, unmasked.
struct ClientFrame {
  Opcode opcode;
  std::string payload;
  PayloadForm form = PayloadForm::kPlain;

  friend bool operator==(const ClientFrame&, const ClientFrame&) = default;
};

/// Takes the first whole frame off the front of `bytes`; none while it is cut. `fault` says what a
/// client must not do and this frame does: unmasked, fragmented, reserved bits.
[[nodiscard]] std::optional<ClientFrame> take_client_frame(std::string_view& bytes,
                                                           std::string_view& fault);

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

/// The value of Sec-WebSocket-Key in a whole upgrade request.
[[nodiscard]] std::string_view key_of(std::string_view upgrade_request);

}  // namespace wsm::test
