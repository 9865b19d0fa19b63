#pragma once

#include <memory>

#include <openssl/types.h>

#include <wsm/config.h>
#include <wsm/result.h>

namespace wsm::io {

/// What all TLS connections of one configuration share: the authorities that are trusted, and the
/// rules. Checked once, so that a wrong file is an error of start() and not of each connection.
/// Threads: immutable; any.
class TlsContext {
 public:
  /// Errors: kInvalidArgument for a ca_file that cannot be used, with its name and the reason.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> create(const TlsOptions& options);

  [[nodiscard]] SSL_CTX* native() const { return context_.get(); }

 private:
  struct Deleter {
    void operator()(SSL_CTX* context) const;
  };
  using Handle = std::unique_ptr<SSL_CTX, Deleter>;
  explicit TlsContext(Handle context) : context_(std::move(context)) {}

  Handle context_;
};

}  // namespace wsm::io
