#include "unit/io/tls_server_end.h"

#include <array>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/assert.h"

namespace wsm::io::testing {
namespace {

/// A TLS 1.3 ticket contains this; at 512 bytes a record, it takes several.
int add_ticket_payload(SSL* ssl, void* /*unused*/) {
  static const std::string payload(3000, 't');
  return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), payload.data(), payload.size());
}

}  // namespace

TlsServerEnd::TlsServerEnd(const Certificate& certificate)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
  SSL_CTX_use_certificate(context_.get(), certificate.x509.get());
  SSL_CTX_use_PrivateKey(context_.get(), certificate.key.get());
  // TLS 1.0 and 1.1 need it, for the tests that must refuse them.
  SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_ctrl(context_.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_VERSION, nullptr);
  begin();
}

TlsServerEnd::TlsServerEnd(const TlsServerEnd& before) : context_(before.context_) { begin(); }

void TlsServerEnd::begin() {
  ssl_ = {SSL_new(context_.get()), SSL_free};
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_.get());
}

void TlsServerEnd::want_certificate(const Certificate& authority) {
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.x509.get());
  SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

void TlsServerEnd::send_along(const Certificate& certificate) {
  SSL_add1_chain_cert(ssl_.get(), certificate.x509.get());
}

void TlsServerEnd::set_protocol(int version) {
  SSL_ctrl(ssl_.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, version, nullptr);
  SSL_ctrl(ssl_.get(), SSL_CTRL_SET_MAX_PROTO_VERSION, version, nullptr);
}

void TlsServerEnd::set_large_session_tickets() {
  SSL_CTX_set_session_ticket_cb(context_.get(), add_ticket_payload, nullptr, nullptr);
  SSL_ctrl(ssl_.get(), SSL_CTRL_SET_MAX_SEND_FRAGMENT, 512, nullptr);
}

std::vector<std::byte> TlsServerEnd::exchange(std::span<const std::byte> from_client) {
  ERR_clear_error();
  if (!from_client.empty()) {
    BIO_write(SSL_get_rbio(ssl_.get()), from_client.data(), static_cast<int>(from_client.size()));
  }
  if (!is_handshake_done()) SSL_do_handshake(ssl_.get());
  if (is_handshake_done()) {
    std::array<char, 4096> space{};
    int count = 0;
    while ((count = SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()))) > 0) {
      pending_.append(space.data(), static_cast<std::size_t>(count));
    }
  }
  return take_output();
}

bool TlsServerEnd::is_handshake_done() const { return SSL_is_init_finished(ssl_.get()) == 1; }

std::string TlsServerEnd::server_name() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

std::string TlsServerEnd::client_name() const {
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return "";
  std::array<char, 100> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

bool TlsServerEnd::has_seen_close_notify() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string TlsServerEnd::read() { return std::exchange(pending_, {}); }

std::vector<std::byte> TlsServerEnd::write(std::string_view text) {
  WSM_ASSERT(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) > 0);
  return take_output();
}

std::vector<std::byte> TlsServerEnd::close_notify() {
  SSL_shutdown(ssl_.get());
  return take_output();
}

std::vector<std::byte> TlsServerEnd::key_update() {
  WSM_ASSERT(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) == 1);
  SSL_do_handshake(ssl_.get());
  return take_output();
}

std::vector<std::byte> TlsServerEnd::take_output() {
  BIO* bio = SSL_get_wbio(ssl_.get());
  std::vector<std::byte> bytes(BIO_ctrl_pending(bio));
  if (!bytes.empty()) BIO_read(bio, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

std::shared_ptr<const TlsContext> unverified_context() {
  TlsOptions options;
  options.dangerously_skip_verification = true;
  return *TlsContext::create(options);
}

TlsStatus complete_handshake(TlsFilter& filter, TlsServerEnd& server) {
  TlsStatus status = filter.handshake();
  while (!filter.ciphertext().empty()) {
    const auto answer = server.exchange(take_ciphertext(filter));
    if (status == TlsStatus::kFailed || answer.empty()) break;
    // Session tickets come when the handshake is done; they wait for the first decrypt().
    filter.feed(answer);
    if (status == TlsStatus::kNeedsInput) status = filter.handshake();
    filter.hold_input();
  }
  return status;
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::byte> take_ciphertext(TlsFilter& filter) {
  const auto waiting = filter.ciphertext();
  std::vector<std::byte> bytes(waiting.begin(), waiting.end());
  filter.consume_ciphertext(bytes.size());
  return bytes;
}

Received receive_all(TlsFilter& filter, std::span<const std::byte> records) {
  Received received{{}, TlsStatus::kNeedsInput};
  std::array<std::byte, 1000> space{};
  filter.feed(records);
  do {
    const auto [bytes, status] = filter.decrypt(space);
    received.text += text_of(std::span{space}.first(bytes));
    received.status = status;
  } while (filter.has_input());
  return received;
}

}  // namespace wsm::io::testing
