#include "io/tls_sessions.h"

#include <openssl/ssl.h>

#include "io/tls_memory.h"

namespace wsm::io {

namespace {

/// Where a connection carries the name of its host.
int host_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

}  // namespace

void TlsSessions::Deleter::operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }

void TlsSessions::offer(const std::string& host, SSL* ssl) {
  or_bad_alloc(SSL_set_ex_data(ssl, host_index(), const_cast<std::string*>(&host)) == 1);
  const std::lock_guard lock{mutex_};
  const auto kept = sessions_.find(host);
  if (kept == sessions_.end() || kept->second == nullptr) return;
  // A copy, for the same reason as in keep().
  const std::unique_ptr<SSL_SESSION, Deleter> copy{SSL_SESSION_dup(kept->second.get())};
  if (copy != nullptr && SSL_SESSION_is_resumable(copy.get()) == 1)
    SSL_set_session(ssl, copy.get());
}

void TlsSessions::keep(const SSL* ssl, const SSL_SESSION* session) {
  const auto& host = *static_cast<const std::string*>(SSL_get_ex_data(ssl, host_index()));
  const std::lock_guard lock{mutex_};
  if (sessions_.size() >= kHostsMax && !sessions_.contains(host)) sessions_.clear();
  sessions_[host].reset(or_bad_alloc(SSL_SESSION_dup(session)));
}

}  // namespace wsm::io
