#include "io/tls_pins.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "unit/io/tls_server_end.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using testing::complete_handshake;
using testing::take_ciphertext;
using testing::TlsServerEnd;

class TlsPinsTest : public ::testing::Test {
 protected:
  TlsPinsTest() { options.ca_file = authority_file.path(); }

  /// Shakes hands with a server of `certificate`, whose chain ends in `authority`.
  std::string failure() {
    TlsServerEnd server{certificate};
    TlsFilter filter{*TlsContext::create(options), "server.example"};
    if (complete_handshake(filter, server) == TlsStatus::kOk) return "none";
    return filter.failure()->detail;
  }

  const testing::Certificate authority = testing::make_self_signed({.common_name = "Test Root"});
  const testing::TemporaryFile authority_file{authority.pem()};
  const testing::Certificate certificate = testing::make_signed({}, authority);
  const testing::Certificate stranger = testing::make_self_signed({});
  TlsOptions options;
};

TEST_F(TlsPinsTest, AcceptTheServersKeyAndThatOfItsAuthority) {
  options.pins = {pin_of(certificate.x509.get())};
  EXPECT_THAT(failure(), Eq("none"));
  options.pins = {pin_of(stranger.x509.get()), pin_of(authority.x509.get())};
  EXPECT_THAT(failure(), Eq("none"));
}

TEST_F(TlsPinsTest, FailWhereNoneIsThereAndSayWhichAre) {
  options.pins = {pin_of(stranger.x509.get())};
  EXPECT_THAT(failure(), AllOf(HasSubstr("none of the server's public keys is pinned"),
                               HasSubstr(pin_of(certificate.x509.get())),
                               HasSubstr(pin_of(authority.x509.get()))));
}

TEST_F(TlsPinsTest, DoNotReplaceTheCheckOfTheCertificate) {
  const testing::TemporaryFile other{stranger.pem()};
  options.ca_file = other.path();
  options.pins = {pin_of(certificate.x509.get())};
  EXPECT_THAT(failure(), HasSubstr("Test Root"));
}

TEST_F(TlsPinsTest, HoldForTheServersOwnKeyWhereNothingIsVerified) {
  options.ca_file.clear();
  options.dangerously_skip_verification = true;
  options.pins = {pin_of(certificate.x509.get())};
  EXPECT_THAT(failure(), Eq("none"));
  options.pins = {pin_of(stranger.x509.get())};
  EXPECT_THAT(failure(), HasSubstr("is pinned"));
}

TEST_F(TlsPinsTest, ACertificateThatIsOnlySentAlongIsNobodysProof) {
  options.ca_file.clear();
  options.dangerously_skip_verification = true;
  options.pins = {pin_of(authority.x509.get())};
  TlsServerEnd server{certificate};
  server.send_along(authority);
  TlsFilter filter{*TlsContext::create(options), "server.example"};
  EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kFailed));
}

TEST_F(TlsPinsTest, AreWrittenAsTheRfcHasThem) {
  EXPECT_THAT(pin_of(certificate.x509.get()), StartsWith("sha256/"));
  EXPECT_EQ(pin_of(certificate.x509.get()).size(), 7U + 44U);
}

TEST_F(TlsPinsTest, NothingOfOursGoesToAServerThatIsNotTheOneThatWasMeant) {
  const testing::Certificate own = testing::make_signed({.common_name = "client"}, authority);
  const testing::TemporaryFile certificate_file{own.pem()};
  const testing::TemporaryFile key_file{own.key_pem()};
  options.certificate_file = certificate_file.path();
  options.key_file = key_file.path();
  options.pins = {pin_of(stranger.x509.get())};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsServerEnd server{certificate};
    server.set_protocol(version);
    server.want_certificate(authority);
    TlsFilter filter{*TlsContext::create(options), "server.example"};
    EXPECT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kFailed));
    server.exchange(take_ciphertext(filter));
    EXPECT_FALSE(server.is_handshake_done());
    EXPECT_THAT(server.client_name(), Eq(""));
  }
}

}  // namespace
}  // namespace wsm::io
