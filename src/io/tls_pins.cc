#include "io/tls_pins.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "io/tls_memory.h"
#include "wire/base64.h"

namespace wsm::io {

std::string pin_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  or_bad_alloc(size > 0);
  const int is_digested = EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), &length,
                                     EVP_sha256(), nullptr);
  OPENSSL_free(der);
  or_bad_alloc(is_digested == 1);
  return "sha256/" + base64({reinterpret_cast<const char*>(digest.data()), length});
}

std::string fault_of_pins(const std::vector<const X509*>& certificates,
                          const std::vector<std::string>& pins) {
  if (pins.empty()) return {};
  std::vector<std::string> found;
  for (const X509* certificate : certificates) found.push_back(pin_of(certificate));
  if (std::ranges::find_first_of(found, pins) != found.end()) return {};

  std::string fault = "none of the server's public keys is pinned; it has";
  for (const std::string& pin : found) fault += (pin == found.front() ? " " : ", ") + pin;
  return fault;
}

}  // namespace wsm::io
