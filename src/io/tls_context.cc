#include "io/tls_context.h"

#include <string>
#include <system_error>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/assert.h"

namespace wsm::io {
namespace {

int protocol_number(TlsVersion version) {
  switch (version) {
    case TlsVersion::kTls12: return TLS1_2_VERSION;
    case TlsVersion::kTls13: return TLS1_3_VERSION;
  }
  return TLS1_3_VERSION;
}

/// Why OpenSSL could not load a file of certificates. Empties its error queue.
std::string file_problem() {
  std::string problem = "holds no certificate in PEM form";
  while (const unsigned long error = ERR_get_error()) {
    if (!ERR_SYSTEM_ERROR(error)) continue;
    problem = "cannot be read: " + std::system_category().message(ERR_GET_REASON(error));
  }
  return problem;
}

}  // namespace

void TlsContext::Deleter::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

Result<std::shared_ptr<const TlsContext>> TlsContext::create(const TlsOptions& options) {
  Handle context{SSL_CTX_new(TLS_client_method())};
  WSM_ASSERT(context != nullptr);
  SSL_CTX* const native = context.get();

  WSM_ASSERT(SSL_CTX_set_min_proto_version(native, protocol_number(options.minimum_version)) == 1);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  // An idle connection keeps no record buffers: 34 KiB less for each of many.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);

  if (options.dangerously_skip_verification) {
    SSL_CTX_set_verify(native, SSL_VERIFY_NONE, nullptr);
    return std::shared_ptr<const TlsContext>{new TlsContext{std::move(context)}};
  }
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  ERR_clear_error();
  if (options.ca_file.empty()) {
    WSM_ASSERT(SSL_CTX_set_default_verify_paths(native) == 1);
  } else if (SSL_CTX_load_verify_file(native, options.ca_file.c_str()) != 1) {
    return Failure{Error{Errc::kInvalidArgument,
                         "tls.ca_file: \"" + options.ca_file + "\" " + file_problem()}};
  }
  return std::shared_ptr<const TlsContext>{new TlsContext{std::move(context)}};
}

}  // namespace wsm::io
