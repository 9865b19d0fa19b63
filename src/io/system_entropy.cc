#include "io/system_entropy.h"

#include <algorithm>
#include <cstring>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "io/tls_memory.h"
#include "wire/base64.h"

namespace wsm::io {
namespace {

std::string base64_of(std::span<const unsigned char> bytes) {
  return base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::uint32_t SystemEntropy::mask_key() {
  std::uint32_t key = 0;
  take(std::as_writable_bytes(std::span{&key, 1}));
  return key;
}

HandshakeKey SystemEntropy::handshake_key() {
  // RFC 6455, section 4.1: a nonce of 16 random bytes, base64.
  std::array<unsigned char, 16> nonce{};
  take(std::as_writable_bytes(std::span{nonce}));
  std::string key = base64_of(nonce);
  std::string accept = accept_for(key);
  return {std::move(key), std::move(accept)};
}

void SystemEntropy::take(std::span<std::byte> into) {
  if (kRefillBytes - used_ < into.size()) {
    // A generator that fails must stop us: predictable masks would let a page of somebody else's
    // choice through a proxy (RFC 6455, section 10.3).
    or_bad_alloc(RAND_bytes(reinterpret_cast<unsigned char*>(bytes_.data()), kRefillBytes) == 1);
    used_ = 0;
  }
  const auto fresh = std::span{bytes_}.subspan(used_, into.size());
  std::copy(fresh.begin(), fresh.end(), into.begin());
  // Nothing that was handed out stays readable here.
  OPENSSL_cleanse(fresh.data(), fresh.size());
  used_ += into.size();
}

std::string accept_for(std::string_view key) {
  std::string text{key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  or_bad_alloc(EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr) ==
               1);
  return base64_of(std::span{digest}.first(length));
}

}  // namespace wsm::io
