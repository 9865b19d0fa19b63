#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include <wsm/error.h>

#include "io/tls_bio.h"

namespace wsm::io {

class TlsContext;

enum class TlsStatus : std::uint8_t {
  kOk,          ///< Done: the handshake is complete, or all that fits has been transferred.
  kNeedsInput,  ///< Goes on when more records have been fed.
  kYields,      ///< Much was read that brought few plain bytes; goes on when called again.
  kClosed,      ///< The peer has said that nothing more comes (close_notify).
  kFailed,      ///< Over; failure() says why. There may be an alert to send in ciphertext().
};

[[nodiscard]] constexpr std::string_view to_string(TlsStatus status) {
  switch (status) {
    case TlsStatus::kOk: return "ok";
    case TlsStatus::kNeedsInput: return "needs input";
    case TlsStatus::kYields: return "yields";
    case TlsStatus::kClosed: return "closed";
    case TlsStatus::kFailed: return "failed";
  }
  return "unknown";
}

/// How far a transfer of plain bytes came, and why no further. `bytes` counts whatever the status.
struct TlsTransfer {
  std::size_t bytes;
  TlsStatus status;
};

/// The client's side of one TLS connection, over memory: records in, plain bytes out, and back.
///
///     filter.feed(received);
///     while (filter.has_input()) { auto [bytes, status] = filter.decrypt(space); … }
///     send(filter.ciphertext()); filter.consume_ciphertext(sent);
///
/// After each handshake(), decrypt(), encrypt() and shut_down() there may be something to send.
/// Through a proxy that is spoken to over TLS, one filter is on top of another.
/// What this does not do: sockets, time-outs. An end of the stream without close_notify is for the
/// owner to see.
class TlsFilter {
 public:
  /// `host` is the name to ask for and to check, or an address, which is checked only: there is no
  /// server name indication for those (RFC 6066, section 3).
  /// `under`: the connection to a proxy that carries this one, its handshake complete.
  TlsFilter(std::shared_ptr<const TlsContext> context, std::string host,
            std::unique_ptr<TlsFilter> under = nullptr);
  ~TlsFilter();
  TlsFilter(const TlsFilter&) = delete;
  TlsFilter& operator=(const TlsFilter&) = delete;

  /// Goes on with the handshake as far as the input allows. Never kClosed.
  [[nodiscard]] TlsStatus handshake();

  /// Gives the next received bytes; those before must have been taken.
  /// Lifetime: `ciphertext` stays untouched until has_input() is false, or until hold_input().
  void feed(std::span<const std::byte> ciphertext);

  /// Gives bytes of the server that a proxy sent together with its own answer; before all others.
  void feed_early(std::span<const std::byte> ciphertext);

  /// Copies what has been fed and not taken, so that the caller's memory is free again.
  void hold_input();

  /// Fills `into` from the input. kOk: `into` is full, and there may be more. kNeedsInput: all that
  /// was fed has been taken. kYields: there is more, but the peer sends records without data, each
  /// of which costs as much as a large one with data, and others are to have their turn.
  [[nodiscard]] TlsTransfer decrypt(std::span<std::byte> into);

  /// Turns `plain` into records. Takes all of it, or none with kNeedsInput or kYields: in the
  /// middle of a message of the handshake protocol, such as a session ticket, OpenSSL wants its
  /// rest first, and may find the end instead.
  [[nodiscard]] TlsTransfer encrypt(std::span<const std::byte> plain);

  /// Queues close_notify, once, if the handshake is complete and nothing failed.
  void shut_down();

  /// Records to be sent. Valid until the next call that is not a getter.
  [[nodiscard]] std::span<const std::byte> ciphertext() const {
    return under_ ? under_->ciphertext() : records_.output.front();
  }
  void consume_ciphertext(std::size_t count) {
    return under_ ? under_->consume_ciphertext(count) : records_.output.consume(count);
  }

  /// Whether decrypt() can go on without more input: fed bytes are left, or the rest of a record.
  [[nodiscard]] bool has_input() const;

  /// Whether the handshake has taken up an earlier session.
  [[nodiscard]] bool is_resumed() const;

  /// Whether the peer has closed its direction only, and encrypt() goes on (RFC 8446, section 6.1).
  /// In TLS 1.2 its close_notify ends both (RFC 5246, section 7.2.1).
  [[nodiscard]] bool is_half_closed() const;

  /// What failed: kTlsFailed; kConnectFailed or kConnectionLost where it was the connection below.
  [[nodiscard]] const std::optional<DisconnectReason>& failure() const { return failure_; }

 private:
  struct Deleter {
    void operator()(SSL* ssl) const;
  };
  static int verify_peer(int is_fine, X509_STORE_CTX* store);
  [[nodiscard]] bool is_trusted(int is_fine, X509_STORE_CTX* store);
  [[nodiscard]] TlsStatus go_on_with_handshake();
  [[nodiscard]] bool check_pins(const std::vector<const X509*>& certificates);
  void expect_peer();
  void pass_down();
  [[nodiscard]] TlsTransfer decrypt_within_allowance(std::span<std::byte> into);
  [[nodiscard]] TlsStatus status_of(int result);
  void fail(DisconnectKind kind, std::string detail);

  /// What one decrypt() reads at most beside plain bytes and the usual frames of their records:
  /// some hundred changes of keys, which are the dearest, take a few milliseconds.
  static constexpr std::size_t kOverheadMax = 4096;
  static constexpr std::size_t kRecordOverhead = 32;

  const std::shared_ptr<const TlsContext> context_;
  const std::string host_;
  const std::unique_ptr<TlsFilter> under_;
  TlsRecords records_;
  std::vector<std::byte> held_;  ///< What hold_input() copied, or feed_early() was given.
  std::unique_ptr<SSL, Deleter> ssl_;
  bool are_pins_checked_ = false;  ///< There may be none.
  std::string certificate_fault_;  ///< From verify_peer(); clearer than the error that follows.
  std::optional<DisconnectReason> failure_;
};

}  // namespace wsm::io
