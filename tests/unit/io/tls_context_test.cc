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

}  // namespace
}  // namespace wsm::io
