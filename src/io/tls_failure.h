#pragma once

#include <string>
#include <string_view>

#include <openssl/types.h>

namespace wsm::io {

/// One sentence on why `certificate` was not accepted: `error` is OpenSSL's X509_V_ERR_… for it,
/// and `host` the name that was asked for. Says by how much, and what can be done about it.
///
/// What the certificate says is the peer's text: it is cut, and freed of control characters.
[[nodiscard]] std::string describe_certificate_fault(int error, const X509* certificate,
                                                     std::string_view host);

/// One sentence on `error`, the packed code with which OpenSSL ended the connection `ssl`.
[[nodiscard]] std::string describe_tls_error(unsigned long error, const SSL* ssl);

}  // namespace wsm::io
