#include "io/tls_context.h"

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/assert.h"
#include "io/tls_memory.h"

namespace wsm::io {
namespace {

int protocol_number(TlsVersion version) {
  switch (version) {
    case TlsVersion::kTls12: return TLS1_2_VERSION;
    case TlsVersion::kTls13: return TLS1_3_VERSION;
  }
  return TLS1_3_VERSION;
}

/// Why OpenSSL could not load a file: that of the system, or `otherwise`. Empties its error queue.
std::string file_problem(std::string_view otherwise) {
  std::string problem{otherwise};
  while (const unsigned long error = ERR_get_error()) {
    or_bad_alloc(ERR_GET_REASON(error) != ERR_R_MALLOC_FAILURE);
    if (!ERR_SYSTEM_ERROR(error)) continue;
    problem = "cannot be read: " + std::system_category().message(ERR_GET_REASON(error));
  }
  return problem;
}

Failure<Error> unusable(std::string_view field, const std::string& file, std::string_view problem) {
  return Failure{Error{Errc::kInvalidArgument,
                       "tls." + std::string{field} + ": \"" + file + "\" " + std::string{problem}}};
}

const TlsContext& context_of(const SSL* ssl) {
  return *static_cast<const TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

/// With TLS 1.3 it comes after the handshake. Returns 0: it stays OpenSSL's.
int keep_session(SSL* ssl, SSL_SESSION* session) {
  try {
    context_of(ssl).sessions()->keep(ssl, session);
  } catch (
      ...) {  // No memory, nor a way to say so through OpenSSL: the next handshake is a full one.
  }
  return 0;
}

void log_secret(const SSL* ssl, const char* line) {
  try {
    context_of(ssl).key_log().append(line);
  } catch (...) {  // The same.
  }
}

/// OpenSSL would ask on the terminal.
int no_passphrase(char* /*into*/, int /*size*/, int /*is_writing*/, void* /*data*/) { return 0; }

}  // namespace

void TlsContext::Deleter::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

TlsContext::TlsContext() : context_(or_bad_alloc(SSL_CTX_new(TLS_client_method()))) {
  // It goes with the context, which every filter keeps.
  or_bad_alloc(SSL_CTX_set_app_data(context_.get(), this) == 1);
}

Result<std::shared_ptr<const TlsContext>> TlsContext::create(const TlsOptions& options) {
  const std::shared_ptr<TlsContext> context{new TlsContext};
  if (const auto loaded = context->load(options); !loaded) return Failure{loaded.error()};
  return std::shared_ptr<const TlsContext>{context};
}

Result<void> TlsContext::load(const TlsOptions& options) {
  SSL_CTX* const native = context_.get();
  WSM_ASSERT(SSL_CTX_set_min_proto_version(native, protocol_number(options.minimum_version)) == 1);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  // An idle connection keeps no record buffers: 34 KiB less for each of many.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  if (options.session_resumption) {
    sessions_ = std::make_unique<TlsSessions>();
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(native, keep_session);
  }
  pins_ = options.pins;
  if (!options.key_log_file.empty()) {
    const std::string problem = key_log_.open(options.key_log_file);
    if (!problem.empty()) {
      return unusable("key_log_file", options.key_log_file, "cannot be written: " + problem);
    }
    SSL_CTX_set_keylog_callback(native, log_secret);
  }
  ERR_clear_error();
  if (auto trusted = trust(options); !trusted) return trusted;
  return identify(options);
}

Result<void> TlsContext::trust(const TlsOptions& options) {
  SSL_CTX* const native = context_.get();
  is_verifying_ = !options.dangerously_skip_verification;
  // Pins are compared where certificates are verified, or nothing would come of it if they are not.
  const bool is_checking = is_verifying_ || !pins_.empty();
  SSL_CTX_set_verify(native, is_checking ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!is_verifying_) return {};
  if (options.ca_file.empty()) {
    or_bad_alloc(SSL_CTX_set_default_verify_paths(native) == 1);
  } else if (SSL_CTX_load_verify_file(native, options.ca_file.c_str()) != 1) {
    return unusable("ca_file", options.ca_file, file_problem("holds no certificate in PEM form"));
  }
  return {};
}

Result<void> TlsContext::identify(const TlsOptions& options) {
  if (options.certificate_file.empty()) return {};
  SSL_CTX* const native = context_.get();
  SSL_CTX_set_default_passwd_cb(native, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(native, options.certificate_file.c_str()) != 1) {
    return unusable("certificate_file", options.certificate_file,
                    file_problem("holds no certificate in PEM form"));
  }
  // One of another kind than the certificate would take a place of its own.
  if (SSL_CTX_use_PrivateKey_file(native, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(native) != 1) {
    return unusable("key_file", options.key_file,
                    file_problem("holds no private key in PEM form that needs no passphrase and "
                                 "belongs to the certificate"));
  }
  return {};
}

}  // namespace wsm::io
