#include "unit/io/test_certificates.h"

#include <atomic>
#include <fstream>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/assert.h"

namespace wsm::io::testing {
namespace {

std::shared_ptr<EVP_PKEY> make_key() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  WSM_ASSERT(key != nullptr);
  return {key, EVP_PKEY_free};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  WSM_ASSERT(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// All but the issuer and the signature.
Certificate make_unsigned(const CertificateText& text) {
  static std::atomic<long> serial = 1;
  Certificate made{{X509_new(), X509_free}, make_key()};
  X509* x509 = made.x509.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
  X509_gmtime_adj(X509_getm_notBefore(x509), text.valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(x509), text.valid_until.count());
  X509_set_pubkey(x509, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(text.common_name.data()),
                             static_cast<int>(text.common_name.size()), -1, 0);
  std::string names;
  for (const auto& name : text.alternative_names) names += (names.empty() ? "" : ",") + name;
  if (!names.empty()) add_extension(x509, NID_subject_alt_name, names);
  return made;
}

std::string content_of(BIO* bio) {
  const char* bytes = nullptr;
  const long size = BIO_ctrl(bio, BIO_CTRL_INFO, 0, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

std::string Certificate::pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new(BIO_s_mem()), &BIO_free};
  PEM_write_bio_X509(bio.get(), x509.get());
  return content_of(bio.get());
}

std::string Certificate::key_pem(const std::string& passphrase) const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new(BIO_s_mem()), &BIO_free};
  const EVP_CIPHER* const cipher = passphrase.empty() ? nullptr : EVP_aes_128_cbc();
  PEM_write_bio_PrivateKey(bio.get(), key.get(), cipher,
                           reinterpret_cast<const unsigned char*>(passphrase.data()),
                           static_cast<int>(passphrase.size()), nullptr, nullptr);
  return content_of(bio.get());
}

std::string rsa_key_pem() {
  const Certificate keyed{
      {}, {EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), EVP_PKEY_free}};
  return keyed.key_pem();
}

Certificate make_self_signed(const CertificateText& text) {
  Certificate made = make_unsigned(text);
  add_extension(made.x509.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_set_issuer_name(made.x509.get(), X509_get_subject_name(made.x509.get()));
  WSM_ASSERT(X509_sign(made.x509.get(), made.key.get(), EVP_sha256()) > 0);
  return made;
}

Certificate make_signed(const CertificateText& text, const Certificate& authority) {
  Certificate made = make_unsigned(text);
  X509_set_issuer_name(made.x509.get(), X509_get_subject_name(authority.x509.get()));
  WSM_ASSERT(X509_sign(made.x509.get(), authority.key.get(), EVP_sha256()) > 0);
  return made;
}

TemporaryFile::TemporaryFile(const std::string& content) {
  static std::atomic<int> count = 0;
  path_ = std::filesystem::temp_directory_path() /
          ("wsm_io_test_" + std::to_string(getpid()) + "_" + std::to_string(count++));
  std::ofstream{path_} << content;
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace wsm::io::testing
