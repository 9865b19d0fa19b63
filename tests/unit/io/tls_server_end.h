#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <openssl/types.h>

#include "io/tls_context.h"
#include "io/tls_filter.h"
#include "unit/io/test_certificates.h"

namespace wsm::io::testing {

/// The server's side of a TLS connection, over memory. It is OpenSSL without anything of ours.
class TlsServerEnd {
 public:
  explicit TlsServerEnd(const Certificate& certificate);
  /// The same server, the next time: it knows the sessions that it has given.
  explicit TlsServerEnd(const TlsServerEnd& before);
  TlsServerEnd& operator=(const TlsServerEnd&) = delete;

  // Before the handshake.
  void want_certificate(const Certificate& authority);  ///< That it has signed.
  void send_along(const Certificate& certificate);      ///< Behind its own.
  void set_protocol(int version);                       ///< Only TLS1_…_VERSION.
  void set_large_session_tickets();                     ///< Each a message of many records.
  [[nodiscard]] SSL* native() const { return ssl_.get(); }

  /// Takes records from the client and goes on with the handshake. Returns records for the client.
  std::vector<std::byte> exchange(std::span<const std::byte> from_client);

  [[nodiscard]] bool is_handshake_done() const;
  [[nodiscard]] std::string server_name() const;  ///< That the client asked for.
  [[nodiscard]] std::string client_name() const;  ///< Of the certificate that it showed.
  [[nodiscard]] bool has_seen_close_notify() const;

  /// Decrypted bytes from the client.
  [[nodiscard]] std::string read();
  /// Records that carry `text`.
  std::vector<std::byte> write(std::string_view text);
  /// Records that end the connection, or change its keys.
  std::vector<std::byte> close_notify();
  std::vector<std::byte> key_update();

 private:
  void begin();
  std::vector<std::byte> take_output();

  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL> ssl_;
  std::string pending_;  ///< Decrypted while exchange() ran.
};

/// A context that accepts every certificate.
[[nodiscard]] std::shared_ptr<const TlsContext> unverified_context();

/// Sends everything that the filter has to the server and back until both are silent. Returns the
/// filter's last answer.
TlsStatus complete_handshake(TlsFilter& filter, TlsServerEnd& server);

[[nodiscard]] std::span<const std::byte> bytes_of(std::string_view text);
[[nodiscard]] std::string text_of(std::span<const std::byte> bytes);

/// Takes what waits to be sent out of the filter.
[[nodiscard]] std::vector<std::byte> take_ciphertext(TlsFilter& filter);

/// Feeds `records`, and returns all that they decrypt to, with the last status.
struct Received {
  std::string text;
  TlsStatus status;
};
[[nodiscard]] Received receive_all(TlsFilter& filter, std::span<const std::byte> records);

}  // namespace wsm::io::testing
