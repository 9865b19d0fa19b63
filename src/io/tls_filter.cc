#include "io/tls_filter.h"

#include <exception>
#include <limits>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/assert.h"
#include "io/disconnect_reason.h"
#include "io/endpoint.h"
#include "io/tls_context.h"
#include "io/tls_failure.h"
#include "io/tls_memory.h"
#include "io/tls_pins.h"

namespace wsm::io {
namespace {

/// `host` as certificates write it: without the dot that ends an absolute name, and without the
/// zone of a link-local address.
std::string without_decoration(std::string host) {
  if (host.ends_with('.')) host.pop_back();
  if (host.find(':') != std::string::npos) host = host.substr(0, host.find('%'));
  return host;
}

/// SSL_set_tlsext_host_name() as a function: the macro of that name casts in the old style.
bool set_server_name(SSL* ssl, std::string name) {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

std::vector<const X509*> certificates_of(const STACK_OF(X509) * chain) {
  std::vector<const X509*> certificates;
  for (int i = 0; i < sk_X509_num(chain); ++i) certificates.push_back(sk_X509_value(chain, i));
  return certificates;
}

}  // namespace

void TlsFilter::Deleter::operator()(SSL* ssl) const { SSL_free(ssl); }

TlsFilter::TlsFilter(std::shared_ptr<const TlsContext> context, std::string host,
                     std::unique_ptr<TlsFilter> under)
    : context_(std::move(context)),
      host_(without_decoration(std::move(host))),
      under_(std::move(under)),
      ssl_(or_bad_alloc(SSL_new(context_->native()))) {
  records_.under = under_.get();
  BIO* const bio = make_record_bio(records_);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_connect_state(ssl_.get());
  or_bad_alloc(SSL_set_app_data(ssl_.get(), this) == 1);
  SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), &TlsFilter::verify_peer);
  are_pins_checked_ = context_->pins().empty();
  expect_peer();
  if (context_->sessions() != nullptr) context_->sessions()->offer(host_, ssl_.get());
}

TlsFilter::~TlsFilter() = default;

void TlsFilter::expect_peer() {
  X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl_.get());
  // Nor does the common name count where there are no alternative names: RFC 2818, section 3.1,
  // deprecates it, and RFC 9525 takes it away.
  X509_VERIFY_PARAM_set_hostflags(
      expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  // OpenSSL takes an empty name for "any name".
  if (host_.empty())
    return fail(DisconnectKind::kTlsFailed, "there is no host name to check the certificate for");
  if (Endpoint::parse(host_, 0)) {
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, host_.c_str()) == 1) return;
  } else if (set_server_name(ssl_.get(), host_) &&
             X509_VERIFY_PARAM_set1_host(expected, host_.data(), host_.size()) == 1) {
    return;
  }
  fail(DisconnectKind::kTlsFailed, "\"" + host_ + "\" cannot be the name of a TLS server");
}

TlsStatus TlsFilter::handshake() {
  TlsStatus status = TlsStatus::kYields;
  while (status == TlsStatus::kYields) status = go_on_with_handshake();  // What was fed is bounded.
  if (status != TlsStatus::kClosed) return status;
  const auto kind =
      records_.is_under_closed ? DisconnectKind::kConnectFailed : DisconnectKind::kTlsFailed;
  fail(kind, "the server closed TLS in the middle of the handshake");
  return TlsStatus::kFailed;
}

TlsStatus TlsFilter::go_on_with_handshake() {
  if (failure_) return TlsStatus::kFailed;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  records_.rethrow();
  TlsStatus status = result == 1 ? TlsStatus::kOk : status_of(result);
  // A session that is taken up shows no certificate: pins were checked when it began.
  if (status == TlsStatus::kOk && !are_pins_checked_ && !is_resumed()) {
    fail(DisconnectKind::kTlsFailed,
         "the server has shown no certificate to compare with the pins");
    status = TlsStatus::kFailed;
  }
  pass_down();
  return status;
}

void TlsFilter::feed(std::span<const std::byte> ciphertext) {
  if (under_) return under_->feed(ciphertext);
  WSM_ASSERT(records_.input.empty());
  records_.input = ciphertext;
  if (held_.capacity() > 0) std::vector<std::byte>{}.swap(held_);
}

void TlsFilter::feed_early(std::span<const std::byte> ciphertext) {
  WSM_ASSERT(records_.input.empty());
  held_.assign(ciphertext.begin(), ciphertext.end());
  records_.input = held_;
}

void TlsFilter::hold_input() {
  if (under_) return under_->hold_input();  // What feed_early() was given is held already.
  if (records_.input.empty()) return;
  std::vector<std::byte> copy(records_.input.begin(), records_.input.end());
  held_ = std::move(copy);
  records_.input = held_;
}

TlsTransfer TlsFilter::decrypt(std::span<std::byte> into) {
  if (failure_) return {0, TlsStatus::kFailed};
  records_.allowance = kOverheadMax;
  const auto [bytes, status] = decrypt_within_allowance(into);
  records_.allowance = std::numeric_limits<std::size_t>::max();
  pass_down();
  return {bytes, status};
}

TlsTransfer TlsFilter::decrypt_within_allowance(std::span<std::byte> into) {
  std::size_t bytes = 0;
  while (bytes < into.size()) {
    std::size_t count = 0;
    const auto rest = into.subspan(bytes);
    ERR_clear_error();  // Even a call that succeeds may leave one, for which the next would pay.
    const int result = SSL_read_ex(ssl_.get(), rest.data(), rest.size(), &count);
    records_.rethrow();
    if (result != 1) return {bytes, status_of(result)};
    bytes += count;
    records_.allowance += count + kRecordOverhead;
  }
  return {bytes, TlsStatus::kOk};
}

TlsTransfer TlsFilter::encrypt(std::span<const std::byte> plain) {
  if (failure_) return {0, TlsStatus::kFailed};
  std::size_t bytes = 0;
  TlsStatus status = TlsStatus::kOk;
  while (bytes < plain.size() && status == TlsStatus::kOk) {
    std::size_t count = 0;
    const auto rest = plain.subspan(bytes);
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &count);
    records_.rethrow();
    if (result != 1) status = status_of(result);
    bytes += count;
  }
  pass_down();
  return {bytes, status};
}

void TlsFilter::shut_down() {
  if (failure_ || SSL_is_init_finished(ssl_.get()) == 0) return;
  if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  records_.rethrow();
  pass_down();
  if (under_) under_->shut_down();
}

/// Has the connection below carry what waits. In the middle of a handshake message of its own it
/// takes nothing, and gets it with the next call.
void TlsFilter::pass_down() {
  if (!under_ || records_.output.front().empty()) return;
  const auto [bytes, status] = under_->encrypt(records_.output.front());
  records_.output.consume(bytes);
}

bool TlsFilter::has_input() const {
  return !records_.input.empty() || SSL_pending(ssl_.get()) > 0 || (under_ && under_->has_input());
}

bool TlsFilter::is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

bool TlsFilter::is_half_closed() const {
  return !failure_ && SSL_version(ssl_.get()) == TLS1_3_VERSION &&
         (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

TlsStatus TlsFilter::status_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      WSM_ASSERT(records_.input.empty() || records_.allowance == 0);
      return !records_.input.empty() || (under_ && under_->has_input()) ? TlsStatus::kYields
                                                                        : TlsStatus::kNeedsInput;
    case SSL_ERROR_ZERO_RETURN:
      // What follows a close_notify is not to be read (RFC 8446, section 6.1).
      records_.input = {};
      return TlsStatus::kClosed;
    default: break;
  }
  if (records_.is_under_closed) {
    ERR_clear_error();
    return TlsStatus::kClosed;
  }
  if (under_ && under_->failure()) {
    // Nothing of the server's: the way to it has failed.
    const bool is_open = SSL_is_init_finished(ssl_.get()) == 1;
    fail(is_open ? DisconnectKind::kConnectionLost : DisconnectKind::kConnectFailed,
         "TLS of the proxy: " + under_->failure()->detail);
  } else {
    const unsigned long error = ERR_get_error();
    fail(DisconnectKind::kTlsFailed,
         certificate_fault_.empty() ? describe_tls_error(error, ssl_.get()) : certificate_fault_);
  }
  ERR_clear_error();
  return TlsStatus::kFailed;
}

void TlsFilter::fail(DisconnectKind kind, std::string detail) {
  records_.input = {};
  failure_ = disconnect_reason(kind, std::move(detail));
}

/// Called for each certificate of the chain, the server's own last, and for each fault before that.
int TlsFilter::verify_peer(int is_fine, X509_STORE_CTX* store) {
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& filter = *static_cast<TlsFilter*>(SSL_get_app_data(ssl));
  try {
    return filter.is_trusted(is_fine, store) ? 1 : 0;
  } catch (...) {
    filter.records_.thrown = std::current_exception();
    return 0;
  }
}

bool TlsFilter::is_trusted(int is_fine, X509_STORE_CTX* store) {
  if (!context_->is_verifying()) return check_pins({X509_STORE_CTX_get0_cert(store)});
  if (is_fine != 1) {
    certificate_fault_ = describe_certificate_fault(X509_STORE_CTX_get_error(store),
                                                    X509_STORE_CTX_get_current_cert(store), host_);
    return false;
  }
  if (X509_STORE_CTX_get_error_depth(store) > 0) return true;
  return check_pins(certificates_of(X509_STORE_CTX_get0_chain(store)));
}

/// Before anything of ours goes to a server that is not the one that was meant.
bool TlsFilter::check_pins(const std::vector<const X509*>& certificates) {
  if (std::exchange(are_pins_checked_, true)) return certificate_fault_.empty();
  certificate_fault_ = fault_of_pins(certificates, context_->pins());
  return certificate_fault_.empty();
}

}  // namespace wsm::io
