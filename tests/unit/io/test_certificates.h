#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <openssl/types.h>

namespace wsm::io::testing {

/// What a certificate says.
struct CertificateText {
  std::string common_name = "server.example";
  std::vector<std::string> alternative_names = {"DNS:server.example"};  ///< OpenSSL's notation.
  std::chrono::seconds valid_from = -std::chrono::hours{1};             ///< From now.
  std::chrono::seconds valid_until = std::chrono::hours{24};            ///< From now.
};

/// A certificate with its key.
struct Certificate {
  std::shared_ptr<X509> x509;
  std::shared_ptr<EVP_PKEY> key;

  [[nodiscard]] std::string pem() const;
  /// With `passphrase`, if there is one.
  [[nodiscard]] std::string key_pem(const std::string& passphrase = {}) const;
};

/// A certificate that only its own key has signed. Also an authority, which may sign others.
[[nodiscard]] Certificate make_self_signed(const CertificateText& text);

/// A certificate that `authority` has signed.
[[nodiscard]] Certificate make_signed(const CertificateText& text, const Certificate& authority);

/// A private key of another kind than those of the certificates here.
[[nodiscard]] std::string rsa_key_pem();

/// A file with a name of its own, gone with its owner.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace wsm::io::testing
