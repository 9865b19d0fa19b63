#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/types.h>

#include <wsm/config.h>
#include <wsm/result.h>

#include "io/key_log.h"
#include "io/tls_sessions.h"

namespace wsm::io {

/// What all TLS connections of one configuration share: the authorities that are trusted, and the
/// rules. Checked once, so that a wrong file is an error of start() and not of each connection.
/// Threads: any; immutable but for the sessions that are kept.
class TlsContext {
 public:
  /// Errors: kInvalidArgument for a file that cannot be used, with its name and the reason.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> create(const TlsOptions& options);

  [[nodiscard]] SSL_CTX* native() const { return context_.get(); }
  /// Null where none are taken up.
  [[nodiscard]] TlsSessions* sessions() const { return sessions_.get(); }
  [[nodiscard]] const KeyLog& key_log() const { return key_log_; }
  [[nodiscard]] const std::vector<std::string>& pins() const { return pins_; }
  [[nodiscard]] bool is_verifying() const { return is_verifying_; }

 private:
  struct Deleter {
    void operator()(SSL_CTX* context) const;
  };
  using Handle = std::unique_ptr<SSL_CTX, Deleter>;

  TlsContext();
  [[nodiscard]] Result<void> load(const TlsOptions& options);
  [[nodiscard]] Result<void> trust(const TlsOptions& options);
  [[nodiscard]] Result<void> identify(const TlsOptions& options);

  Handle context_;
  std::unique_ptr<TlsSessions> sessions_;
  KeyLog key_log_;
  std::vector<std::string> pins_;
  bool is_verifying_ = true;
};

}  // namespace wsm::io
