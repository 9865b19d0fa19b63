#include "tail/json_text.h"

#include <array>

#include <boost/json/serializer.hpp>
#include <openssl/evp.h>

namespace wsm::tail {

void append_json_string(std::string& out, std::string_view text) {
  boost::json::serializer serializer;
  serializer.reset(boost::json::string_view{text.data(), text.size()});
  std::array<char, 4096> piece;
  while (!serializer.done()) {
    const auto written = serializer.read(piece.data(), piece.size());
    out.append(written.data(), written.size());
  }
}

std::string json_list(std::span<const std::string> texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    if (list.size() > 1) list += ',';
    append_json_string(list, text);
  }
  return list += ']';
}

void append_base64(std::string& out, std::span<const std::byte> bytes) {
  const std::size_t start = out.size();
  const std::size_t length = (bytes.size() + 2) / 3 * 4;
  out.resize(start + length + 1);  // EVP_EncodeBlock ends its text with a NUL.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + start),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  out.resize(start + length);
}

void append_hex(std::string& out, std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<unsigned>(byte);
    out += kDigits[value >> 4U];
    out += kDigits[value & 0xfU];
  }
}

}  // namespace wsm::tail
