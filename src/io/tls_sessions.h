#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <openssl/types.h>

struct ssl_session_st;  // OpenSSL's SSL_SESSION.

namespace wsm::io {

/// The last session of each host, for the next connection to take up.
///
/// Memory: some kilobytes a host, kHostsMax hosts at most. Threads: any.
class TlsSessions {
 public:
  static constexpr std::size_t kHostsMax = 256;

  /// `ssl` is to connect to `host`: has it offer what is kept, and later keep what comes. A server
  /// that has forgotten the session does a whole handshake. Lifetime: `host` outlives `ssl`.
  void offer(const std::string& host, SSL* ssl);
  /// Keeps a copy of a session of `ssl`, which has verified its host. OpenSSL spoils the session of
  /// a connection that ends without close_notify, as lost ones do; since TLS 1.2 that is no reason
  /// not to take it up (RFC 5246, section 7.2.1), and a storm of reconnects is when it is needed.
  void keep(const SSL* ssl, const ssl_session_st* session);

 private:
  struct Deleter {
    void operator()(ssl_session_st* session) const;
  };

  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<ssl_session_st, Deleter>> sessions_;
};

}  // namespace wsm::io
