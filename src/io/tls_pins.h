#pragma once

#include <string>
#include <vector>

#include <openssl/types.h>

namespace wsm::io {

/// What is wrong with `certificates`, of which none may have a public key of `pins` ("sha256/…",
/// RFC 7469); empty if one has, and where there are no pins.
///
/// They must have been verified, all of them: what a server sends beside its own is anybody's, and
/// where nothing is verified only its own counts.
[[nodiscard]] std::string fault_of_pins(const std::vector<const X509*>& certificates,
                                        const std::vector<std::string>& pins);

/// The pin of a certificate: "sha256/" and the base64 of the SHA-256 of its public key.
[[nodiscard]] std::string pin_of(const X509* certificate);

}  // namespace wsm::io
