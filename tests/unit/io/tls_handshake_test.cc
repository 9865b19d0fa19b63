#include <array>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "io/tls_context.h"
#include "io/tls_filter.h"
#include "unit/io/tls_server_end.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

using testing::Certificate;
using testing::CertificateText;
using testing::complete_handshake;
using testing::take_ciphertext;
using testing::TlsServerEnd;

class TlsHandshakeTest : public ::testing::Test {
 protected:
  std::shared_ptr<const TlsContext> context(TlsOptions options = {}) {
    if (options.ca_file.empty()) options.ca_file = authority_file.path();
    return *TlsContext::create(options);
  }

  /// Shakes hands for `host` with a server of `certificate`. Returns the failure.
  std::string failure_with(const Certificate& certificate, const std::string& host) {
    TlsServerEnd server{certificate};
    TlsFilter filter{context(), host};
    if (complete_handshake(filter, server) != TlsStatus::kFailed) return "no failure";
    EXPECT_THAT(filter.failure()->kind, Eq(DisconnectKind::kTlsFailed));
    return filter.failure()->detail;
  }

  std::string failure_for(const CertificateText& text, const std::string& host) {
    return failure_with(make_signed(text, authority), host);
  }

  const Certificate authority = testing::make_self_signed({.common_name = "Test Root"});
  const testing::TemporaryFile authority_file{authority.pem()};
  const Certificate good = make_signed({}, authority);
};

TEST_F(TlsHandshakeTest, CompletesWithAServerThatIsTrusted) {
  TlsServerEnd server{good};
  TlsFilter filter{context(), "server.example"};

  EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
  EXPECT_TRUE(server.is_handshake_done());
  EXPECT_THAT(server.server_name(), Eq("server.example"));
}

TEST_F(TlsHandshakeTest, IgnoresTheDotThatEndsAnAbsoluteName) {
  TlsServerEnd server{good};
  TlsFilter filter{context(), "server.example."};

  EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
  EXPECT_THAT(server.server_name(), Eq("server.example"));
}

TEST_F(TlsHandshakeTest, ChecksAddressesAndDoesNotSendThemAsNames) {
  const CertificateText text{.alternative_names = {"IP:127.0.0.1", "IP:::1"}};
  for (const std::string host : {"127.0.0.1", "::1", "::1%lo"}) {
    TlsServerEnd server{make_signed(text, authority)};
    TlsFilter filter{context(), host};

    EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk)) << host;
    EXPECT_THAT(server.server_name(), Eq("")) << host;
  }
}

TEST_F(TlsHandshakeTest, CompletesWithEitherVersion) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsServerEnd server{good};
    server.set_protocol(version);
    TlsFilter filter{context(), "server.example"};

    EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
    EXPECT_THAT(SSL_version(server.native()), Eq(version));
  }
}

TEST_F(TlsHandshakeTest, CompletesHoweverTheServersBytesAreCut) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsServerEnd server{good};
    server.set_protocol(version);
    TlsFilter filter{context(), "server.example"};
    TlsStatus status = filter.handshake();
    std::vector<std::byte> answer = server.exchange(take_ciphertext(filter));
    while (!answer.empty()) {
      for (const std::byte& byte : answer) {
        // TLS 1.3 goes on with session tickets when it is done.
        filter.feed({&byte, 1});
        if (status == TlsStatus::kNeedsInput) status = filter.handshake();
        filter.hold_input();
        if (!filter.has_input()) continue;
        std::array<std::byte, 16> nothing{};
        EXPECT_THAT(filter.decrypt(nothing).bytes, Eq(0U));
      }
      answer = server.exchange(take_ciphertext(filter));
    }

    EXPECT_THAT(status, Eq(TlsStatus::kOk));
    EXPECT_TRUE(server.is_handshake_done());
  }
}

TEST_F(TlsHandshakeTest, FailsOnAnotherHost) {
  const CertificateText text{.alternative_names = {"DNS:a.example", "DNS:b.example"}};

  EXPECT_THAT(failure_for(text, "c.example"),
              Eq("the certificate is for a.example, b.example, not for c.example"));
  EXPECT_THAT(failure_for(text, "127.0.0.1"),
              Eq("the certificate is for a.example, b.example, not for 127.0.0.1"));
}

TEST_F(TlsHandshakeTest, TheCommonNameIsNoHost) {
  EXPECT_THAT(
      failure_for({.common_name = "server.example", .alternative_names = {}}, "server.example"),
      HasSubstr("no alternative names"));
}

TEST_F(TlsHandshakeTest, WildcardsMatchOneWholeLabel) {
  const CertificateText whole{.alternative_names = {"DNS:*.feed.example"}};
  const CertificateText partial{.alternative_names = {"DNS:a*.feed.example"}};

  EXPECT_THAT(failure_for(whole, "a.feed.example"), Eq("no failure"));
  EXPECT_THAT(failure_for(whole, "a.b.feed.example"), HasSubstr("not for a.b.feed.example"));
  EXPECT_THAT(failure_for(partial, "ab.feed.example"), HasSubstr("not for ab.feed.example"));
}

TEST_F(TlsHandshakeTest, FailsOnAnExpiredCertificate) {
  const CertificateText text{.valid_from = -std::chrono::hours{1000},
                             .valid_until = -std::chrono::hours{73}};

  EXPECT_THAT(failure_for(text, "server.example"), HasSubstr("expired 3 days ago, on 20"));
}

TEST_F(TlsHandshakeTest, FailsOnACertificateThatIsNotYetValid) {
  EXPECT_THAT(failure_for({.valid_from = std::chrono::hours{5}}, "server.example"),
              AllOf(HasSubstr("is not valid before"), HasSubstr("clock")));
}

TEST_F(TlsHandshakeTest, FailsOnASelfSignedCertificate) {
  EXPECT_THAT(failure_with(testing::make_self_signed({}), "server.example"),
              AllOf(HasSubstr("is signed by itself"), HasSubstr("--ca")));
}

TEST_F(TlsHandshakeTest, FailsOnAnUnknownIssuer) {
  const Certificate other = testing::make_self_signed({.common_name = "Other Root"});

  EXPECT_THAT(
      failure_with(make_signed({}, other), "server.example"),
      AllOf(HasSubstr("issued by \"Other Root\", which is not trusted"), HasSubstr("--ca")));
}

TEST_F(TlsHandshakeTest, AcceptsAnythingWhenVerificationIsSkipped) {
  TlsServerEnd server{testing::make_self_signed({.valid_until = -std::chrono::minutes{1}})};
  TlsFilter filter{testing::unverified_context(), "c.example"};

  EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
}

TEST_F(TlsHandshakeTest, TellsTheServerWhyItWasRefused) {
  TlsServerEnd server{testing::make_self_signed({})};
  TlsFilter filter{context(), "server.example"};

  ASSERT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kFailed));
  // complete_handshake() has passed the alert on: the server is not left to wait.
  EXPECT_FALSE(server.is_handshake_done());
  EXPECT_TRUE(filter.ciphertext().empty());
  EXPECT_TRUE(server.has_seen_close_notify());
}

TEST_F(TlsHandshakeTest, RefusesVersionsThatAreTooOld) {
  TlsServerEnd server{good};
  server.set_protocol(TLS1_1_VERSION);
  TlsFilter filter{context(), "server.example"};

  EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kFailed));
  EXPECT_THAT(filter.failure()->detail,
              AllOf(HasSubstr("TLS 1.2"), HasSubstr("tls.minimum_version")));
}

TEST_F(TlsHandshakeTest, ObeysTheConfiguredMinimumVersion) {
  TlsServerEnd server{good};
  server.set_protocol(TLS1_2_VERSION);
  TlsOptions options;
  options.minimum_version = TlsVersion::kTls13;
  TlsFilter filter{context(options), "server.example"};

  EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kFailed));
  EXPECT_THAT(filter.failure()->detail,
              AllOf(HasSubstr("TLS 1.3"), HasSubstr("tls.minimum_version")));
}

TEST_F(TlsHandshakeTest, SaysThatTheServerDoesNotSpeakTls) {
  const std::string answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
  TlsFilter filter{context(), "server.example"};
  ASSERT_THAT(filter.handshake(), Eq(TlsStatus::kNeedsInput));
  filter.feed(std::as_bytes(std::span{answer}));

  EXPECT_THAT(filter.handshake(), Eq(TlsStatus::kFailed));
  EXPECT_THAT(filter.failure()->detail, HasSubstr("does not speak TLS here"));
  EXPECT_FALSE(filter.has_input());
}

TEST_F(TlsHandshakeTest, RefusesHostsThatCannotBeChecked) {
  // OpenSSL would take an empty name for leave to accept any certificate.
  EXPECT_THAT(failure_with(good, ""), HasSubstr("no host name"));
  EXPECT_THAT(failure_with(good, std::string("server.example\0.evil", 20)),
              HasSubstr("cannot be the name"));
  EXPECT_THAT(failure_with(good, std::string(300, 'a')), HasSubstr("cannot be the name"));
}

TEST_F(TlsHandshakeTest, ShowsOurOwnCertificateToWhoWantsIt) {
  const Certificate own = make_signed({.common_name = "client"}, authority);
  const testing::TemporaryFile certificate{own.pem()};
  const testing::TemporaryFile key{own.key_pem()};
  TlsOptions options;
  options.certificate_file = certificate.path();
  options.key_file = key.path();
  TlsServerEnd server{good};
  server.want_certificate(authority);
  TlsFilter filter{context(options), "server.example"};

  EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
  EXPECT_THAT(server.client_name(), Eq("client"));
}

}  // namespace
}  // namespace wsm::io
