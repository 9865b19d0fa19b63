#include "support/server_codec.h"

#include <cstddef>

#include "support/fake_entropy.h"

namespace wsm::test {
namespace {

constexpr std::size_t kMaskKeySize = 4;
constexpr std::string_view kKeyHeader = "Sec-WebSocket-Key: ";

std::uint8_t octet(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

/// The big-endian number in the `count` bytes at `at`.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8U | octet(bytes, at + i);
  return value;
}

std::string big_endian(std::uint64_t value, std::size_t count) {
  std::string bytes;
  for (std::size_t i = count; i > 0; --i) bytes += static_cast<char>(value >> (8 * (i - 1)));
  return bytes;
}

std::string encode(std::uint8_t first, std::string_view payload) {
  std::string bytes{static_cast<char>(first)};
  if (payload.size() <= 125) {
    bytes += static_cast<char>(payload.size());
  } else if (payload.size() <= 0xffff) {
    bytes += static_cast<char>(126) + big_endian(payload.size(), 2);
  } else {
    bytes += static_cast<char>(127) + big_endian(payload.size(), 8);
  }
  return bytes.append(payload);
}

}  // namespace

std::optional<ClientFrame> take_client_frame(std::string_view& bytes, std::string_view& fault) {
  if (bytes.size() < 2) return std::nullopt;
  if ((octet(bytes, 0) & 0xb0U) != 0x80U) fault = "fragmented, or with reserved bits";
  if ((octet(bytes, 1) & 0x80U) != 0x80U) fault = "not masked";
  const std::uint64_t code = octet(bytes, 1) & 0x7fU;
  const std::size_t field_size = code < 126 ? 0 : (code == 126 ? 2 : 8);
  const std::size_t header_size = 2 + field_size + kMaskKeySize;
  if (bytes.size() < header_size) return std::nullopt;
  const std::uint64_t size = field_size == 0 ? code : number(bytes, 2, field_size);
  if (bytes.size() - header_size < size) return std::nullopt;
  ClientFrame frame{static_cast<Opcode>(octet(bytes, 0) & 0x0fU),
                    std::string{bytes.substr(header_size, size)}};
  if ((octet(bytes, 0) & 0x40U) != 0) frame.form = PayloadForm::kCompressed;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint8_t mask = octet(bytes, 2 + field_size + i % kMaskKeySize);
    frame.payload[i] = static_cast<char>(octet(frame.payload, i) ^ mask);
  }
  bytes.remove_prefix(header_size + size);
  return frame;
}

std::string server_frame(Opcode opcode, std::string_view payload) {
  return encode(static_cast<std::uint8_t>(0x80U | static_cast<unsigned>(opcode)), payload);
}

std::string server_fragment(Opcode opcode, std::string_view payload) {
  return encode(static_cast<std::uint8_t>(opcode), payload);
}

std::string server_text(std::string_view payload) { return server_frame(Opcode::kText, payload); }

std::string server_close(std::optional<std::uint16_t> code, std::string_view reason) {
  return server_frame(Opcode::kClose, code ? close_payload(*code, reason) : std::string{});
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  return big_endian(code, 2).append(reason);
}

std::string upgrade_response(std::string_view key, std::string_view extra_headers) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         FakeEntropy::accept_of(key) + "\r\n" + std::string{extra_headers} + "\r\n";
}

std::string_view key_of(std::string_view upgrade_request) {
  const std::size_t key = upgrade_request.find(kKeyHeader) + kKeyHeader.size();
  return upgrade_request.substr(key, upgrade_request.find("\r\n", key) - key);
}

}  // namespace wsm::test
