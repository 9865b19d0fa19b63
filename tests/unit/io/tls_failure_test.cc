#include "io/tls_failure.h"

#include <array>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "unit/io/test_certificates.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;

using testing::Certificate;
using testing::CertificateText;
using testing::make_self_signed;
using testing::make_signed;

constexpr std::chrono::hours kDay{24};
// Certificates count in whole seconds: a margin keeps a test from standing on the edge of one.
constexpr std::chrono::seconds kMargin{5};

std::string day(std::chrono::seconds from_now) {
  const std::time_t at = std::time(nullptr) + from_now.count();
  std::tm parts{};
  gmtime_r(&at, &parts);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

std::string fault(int error, const CertificateText& text, std::string_view host = "asked.example") {
  return describe_certificate_fault(error, make_self_signed(text).x509.get(), host);
}

std::string expired_since(std::chrono::seconds age) {
  return fault(X509_V_ERR_CERT_HAS_EXPIRED,
               {.valid_from = -400 * kDay, .valid_until = -age - kMargin});
}

TEST(TlsFailureTest, SaysSinceWhenACertificateHasExpired) {
  EXPECT_THAT(expired_since(3 * kDay),
              Eq("the certificate of \"server.example\" expired 3 days ago, on " +
                 day(-3 * kDay - kMargin)));
}

TEST(TlsFailureTest, CountsInTheLargestUnitThatFits) {
  EXPECT_THAT(expired_since(kDay), HasSubstr("1 day ago"));
  EXPECT_THAT(expired_since(std::chrono::hours{23}), HasSubstr("23 hours ago"));
  EXPECT_THAT(expired_since(std::chrono::minutes{59}), HasSubstr("59 minutes ago"));
  EXPECT_THAT(expired_since(std::chrono::seconds{10}), HasSubstr(" seconds ago"));
}

TEST(TlsFailureTest, SaysWhenACertificateBegins) {
  const auto text = fault(X509_V_ERR_CERT_NOT_YET_VALID,
                          {.valid_from = 2 * kDay + kMargin, .valid_until = 9 * kDay});

  EXPECT_THAT(text, AllOf(HasSubstr("not valid before " + day(2 * kDay + kMargin) + ", in 2 days"),
                          HasSubstr("clock")));
}

TEST(TlsFailureTest, NamesTheHostsThatACertificateIsFor) {
  EXPECT_THAT(fault(X509_V_ERR_HOSTNAME_MISMATCH,
                    {.alternative_names = {"DNS:a.example", "DNS:*.b.example", "IP:192.0.2.1",
                                           "IP:2001:db8::1"}}),
              Eq("the certificate is for a.example, *.b.example, 192.0.2.1, 2001:db8::1, not for "
                 "asked.example"));
}

TEST(TlsFailureTest, NamesFiveHostsAndCountsTheOthers) {
  CertificateText text{.alternative_names = {}};
  for (char c = 'a'; c <= 'h'; ++c) text.alternative_names.push_back(std::string{"DNS:"} + c);

  EXPECT_THAT(fault(X509_V_ERR_HOSTNAME_MISMATCH, text),
              HasSubstr("for a, b, c, d, e and 3 more, not for"));
}

TEST(TlsFailureTest, SaysThatTheCommonNameDoesNotCount) {
  EXPECT_THAT(
      fault(X509_V_ERR_HOSTNAME_MISMATCH, {.common_name = "old", .alternative_names = {}}),
      Eq("the certificate is for no host, since it has no alternative names (only the subject "
         "\"old\"), not for asked.example"));
}

TEST(TlsFailureTest, SaysHowToTrustASelfSignedCertificate) {
  EXPECT_THAT(
      fault(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, {}),
      AllOf(HasSubstr("\"server.example\" is signed by itself"), HasSubstr("--ca (tls.ca_file)")));
}

TEST(TlsFailureTest, NamesAnIssuerThatIsNotTrusted) {
  const Certificate authority = make_self_signed({.common_name = "Example Root"});
  const Certificate certificate = make_signed({}, authority);

  EXPECT_THAT(describe_certificate_fault(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                                         certificate.x509.get(), "server.example"),
              AllOf(HasSubstr("issued by \"Example Root\", which is not trusted here"),
                    HasSubstr("--ca (tls.ca_file)")));
}

TEST(TlsFailureTest, GivesOpenSslsWordsForOtherFaults) {
  EXPECT_THAT(fault(X509_V_ERR_CERT_REVOKED, {}),
              Eq("the certificate of \"server.example\" was not accepted: certificate revoked"));
  EXPECT_THAT(describe_certificate_fault(X509_V_ERR_OUT_OF_MEM, nullptr, "a"),
              Eq("the certificate was not accepted: out of memory"));
}

TEST(TlsFailureTest, KeepsControlCharactersOfThePeerFromTheTerminal) {
  const auto text =
      fault(X509_V_ERR_CERT_HAS_EXPIRED, {.common_name = "\x1b[2J\nevil", .valid_until = -kDay});

  EXPECT_THAT(text, AllOf(HasSubstr("\"?[2J?evil\""), Not(HasSubstr("\n"))));
}

class TlsErrorTest : public ::testing::Test {
 protected:
  std::string describe(int reason) {
    return describe_tls_error(ERR_PACK(ERR_LIB_SSL, 0, reason), ssl.get());
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()),
                                                            &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl{SSL_new(context.get()), &SSL_free};
};

TEST_F(TlsErrorTest, NamesTheAlertOfTheServer) {
  EXPECT_THAT(describe(SSL_AD_REASON_OFFSET + SSL_AD_HANDSHAKE_FAILURE),
              Eq("the server refused the handshake with the alert \"handshake failure\""));
  EXPECT_THAT(describe(SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION),
              AllOf(HasSubstr("\"protocol version\""), HasSubstr("tls.minimum_version")));
}

TEST_F(TlsErrorTest, SaysThatTheServerDoesNotSpeakTls) {
  EXPECT_THAT(describe(SSL_R_WRONG_VERSION_NUMBER), HasSubstr("does not speak TLS here"));
  EXPECT_THAT(describe(SSL_R_HTTP_REQUEST), HasSubstr("does not speak TLS here"));
}

TEST_F(TlsErrorTest, NamesTheVersionThatIsDemanded) {
  SSL_ctrl(ssl.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_3_VERSION, nullptr);
  EXPECT_THAT(describe(SSL_R_UNSUPPORTED_PROTOCOL), HasSubstr("older than TLS 1.3"));

  SSL_ctrl(ssl.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  EXPECT_THAT(describe(SSL_R_UNSUPPORTED_PROTOCOL), HasSubstr("older than TLS 1.2"));
}

TEST_F(TlsErrorTest, GivesOpenSslsWordsForOtherErrors) {
  EXPECT_THAT(describe(SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC),
              Eq("decryption failed or bad record mac"));
  EXPECT_THAT(describe_tls_error(0, ssl.get()), Eq("OpenSSL gave no reason"));
}

}  // namespace
}  // namespace wsm::io
