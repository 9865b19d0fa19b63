#include "io/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "unit/io/test_certificates.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

std::string failure_with(const std::string& ca_file) {
  TlsOptions options;
  options.ca_file = ca_file;
  const auto context = TlsContext::create(options);
  return context ? "accepted" : to_string(context.error());
}

TEST(TlsContextTest, VerifiesPeersByDefault) {
  const auto context = TlsContext::create({});

  ASSERT_TRUE(context);
  EXPECT_THAT(SSL_CTX_get_verify_mode((*context)->native()), Eq(SSL_VERIFY_PEER));
}

TEST(TlsContextTest, VerifiesNobodyOnlyIfAskedByTheLoudName) {
  TlsOptions options;
  options.dangerously_skip_verification = true;
  const auto context = TlsContext::create(options);

  ASSERT_TRUE(context);
  EXPECT_THAT(SSL_CTX_get_verify_mode((*context)->native()), Eq(SSL_VERIFY_NONE));
}

TEST(TlsContextTest, LoadsTheAuthoritiesOfAFile) {
  const testing::TemporaryFile file{testing::make_self_signed({}).pem()};

  EXPECT_THAT(failure_with(file.path()), Eq("accepted"));
}

TEST(TlsContextTest, NamesAFileThatIsNotThere) {
  EXPECT_THAT(failure_with("/nowhere/ca.pem"),
              AllOf(HasSubstr("tls.ca_file"), HasSubstr("\"/nowhere/ca.pem\""),
                    HasSubstr("cannot be read: No such file or directory")));
}

TEST(TlsContextTest, NamesAFileWithoutCertificates) {
  const testing::TemporaryFile file{"not a certificate\n"};

  EXPECT_THAT(failure_with(file.path()),
              AllOf(HasSubstr(file.path()), HasSubstr("holds no certificate in PEM form")));
}

TEST(TlsContextTest, NamesAnEmptyFile) {
  const testing::TemporaryFile file{""};

  EXPECT_THAT(failure_with(file.path()), HasSubstr("holds no certificate in PEM form"));
}

/// What is wrong with the files of our own certificate.
std::string identity_failure(const std::string& certificate_file, const std::string& key_file) {
  TlsOptions options;
  options.certificate_file = certificate_file;
  options.key_file = key_file;
  const auto context = TlsContext::create(options);
  return context ? "accepted" : to_string(context.error());
}

TEST(TlsContextTest, LoadsOurOwnCertificateAndItsKey) {
  const testing::Certificate own = testing::make_self_signed({});
  const testing::TemporaryFile certificate{own.pem()};
  const testing::TemporaryFile key{own.key_pem()};
  EXPECT_THAT(identity_failure(certificate.path(), key.path()), Eq("accepted"));
}

TEST(TlsContextTest, SaysWhatIsWrongWithOurOwnCertificateOrItsKey) {
  const testing::Certificate own = testing::make_self_signed({});
  const testing::TemporaryFile certificate{own.pem()};
  const testing::TemporaryFile locked{own.key_pem("passphrase")};
  const testing::TemporaryFile other{testing::make_self_signed({}).key_pem()};
  const testing::TemporaryFile of_another_kind{testing::rsa_key_pem()};

  EXPECT_THAT(identity_failure("/nowhere/c.pem", other.path()),
              AllOf(HasSubstr("tls.certificate_file"), HasSubstr("No such file")));
  EXPECT_THAT(identity_failure(other.path(), other.path()), HasSubstr("holds no certificate"));
  EXPECT_THAT(identity_failure(certificate.path(), "/nowhere/k.pem"),
              AllOf(HasSubstr("tls.key_file"), HasSubstr("No such file")));
  EXPECT_THAT(identity_failure(certificate.path(), locked.path()), HasSubstr("no passphrase"));
  EXPECT_THAT(identity_failure(certificate.path(), other.path()),
              HasSubstr("belongs to the certificate"));
  EXPECT_THAT(identity_failure(certificate.path(), of_another_kind.path()),
              HasSubstr("belongs to the certificate"));
}

TEST(TlsContextTest, NamesAKeyLogThatCannotBeWritten) {
  TlsOptions options;
  options.key_log_file = "/nowhere/keys";
  const auto context = TlsContext::create(options);
  ASSERT_FALSE(context);
  EXPECT_THAT(context.error().detail,
              AllOf(HasSubstr("tls.key_log_file"), HasSubstr("cannot be written: No such file")));
}

}  // namespace
}  // namespace wsm::io
