#include "io/system_entropy.h"

#include <array>
#include <cstring>
#include <span>
#include <utility>

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

// A generator that fails must stop us: predictable masks would let a page of somebody else's choice
// through a proxy (RFC 6455, section 10.3).
void fill(std::span<unsigned char> bytes) {
  or_bad_alloc(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

MaskKeys::Seed random_seed() {
  MaskKeys::Seed seed{};
  std::array<unsigned char, sizeof seed.round_keys + sizeof seed.first> bytes{};
  fill(bytes);
  std::memcpy(seed.round_keys.data(), bytes.data(), sizeof seed.round_keys);
  std::memcpy(&seed.first, bytes.data() + sizeof seed.round_keys, sizeof seed.first);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return seed;
}

}  // namespace

std::uint32_t SystemEntropy::mask_key() {
  if (!mask_keys_ || mask_keys_->is_spent()) mask_keys_.emplace(random_seed());
  return mask_keys_->next();
}

HandshakeKey SystemEntropy::handshake_key() {
  // RFC 6455, section 4.1: a nonce of 16 random bytes, base64.
  std::array<unsigned char, 16> nonce{};
  fill(nonce);
  std::string key = base64_of(nonce);
  std::string accept = accept_for(key);
  return {std::move(key), std::move(accept)};
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
