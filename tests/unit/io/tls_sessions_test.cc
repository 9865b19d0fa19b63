#include "io/tls_sessions.h"

#include <array>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "unit/io/tls_server_end.h"

namespace wsm::io {
namespace {

using ::testing::Eq;

using testing::complete_handshake;
using testing::TlsServerEnd;

/// Connections to one server, in each version of TLS.
class TlsSessionsTest : public ::testing::TestWithParam<int> {
 protected:
  static std::shared_ptr<const TlsContext> context_with(bool session_resumption) {
    TlsOptions options;
    options.dangerously_skip_verification = true;
    options.session_resumption = session_resumption;
    return *TlsContext::create(options);
  }

  /// Whether a connection to `host` took up a session.
  bool connects_again(const std::shared_ptr<const TlsContext>& context, const std::string& host) {
    TlsServerEnd end{server};
    end.set_protocol(GetParam());
    TlsFilter filter{context, host};
    EXPECT_THAT(complete_handshake(filter, end), Eq(TlsStatus::kOk));
    std::array<std::byte, 16> nothing{};
    EXPECT_THAT(filter.decrypt(nothing).bytes, Eq(0U));  // The tickets of TLS 1.3.
    EXPECT_THAT(SSL_session_reused(end.native()) == 1, Eq(filter.is_resumed()));
    return filter.is_resumed();
  }

  TlsServerEnd server{testing::make_self_signed({})};
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsSessionsTest,
                         ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) {
                           return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(TlsSessionsTest, AreTakenUpByTheNextConnection) {
  const auto context = context_with(true);
  EXPECT_FALSE(connects_again(context, "a.example"));
  EXPECT_TRUE(connects_again(context, "a.example"));
  EXPECT_TRUE(connects_again(context, "a.example"));
}

TEST_P(TlsSessionsTest, BelongToTheirHost) {
  const auto context = context_with(true);
  EXPECT_FALSE(connects_again(context, "a.example"));
  EXPECT_FALSE(connects_again(context, "b.example"));
}

TEST_P(TlsSessionsTest, MayBeOff) {
  const auto context = context_with(false);
  EXPECT_FALSE(connects_again(context, "a.example"));
  EXPECT_FALSE(connects_again(context, "a.example"));
}

TEST_P(TlsSessionsTest, AServerThatHasForgottenThemDoesAWholeHandshake) {
  const auto context = context_with(true);
  EXPECT_FALSE(connects_again(context, "a.example"));
  TlsServerEnd other{testing::make_self_signed({})};
  other.set_protocol(GetParam());
  TlsFilter filter{context, "a.example"};
  EXPECT_THAT(complete_handshake(filter, other), Eq(TlsStatus::kOk));
  EXPECT_FALSE(filter.is_resumed());
}

TEST_P(TlsSessionsTest, KeepNoMoreThanTheirBound) {
  const auto context = context_with(true);
  for (std::size_t i = 0; i <= TlsSessions::kHostsMax; ++i) {
    EXPECT_FALSE(connects_again(context, "h" + std::to_string(i) + ".example"));
  }
  EXPECT_TRUE(connects_again(context, "h" + std::to_string(TlsSessions::kHostsMax) + ".example"));
  EXPECT_FALSE(connects_again(context, "h0.example"));
}

}  // namespace
}  // namespace wsm::io
