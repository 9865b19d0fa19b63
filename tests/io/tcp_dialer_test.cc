#include "io/tcp_dialer.h"

#include <chrono>
#include <optional>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/loopback_server.h"
#include "io/steady_clock.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Lt;
using namespace std::chrono_literals;

using boost::asio::ip::tcp;
using testing::BlackHole;
using testing::echo;
using testing::LoopbackServer;
using testing::refusing_endpoint;

class TcpDialerTest : public ::testing::Test {
 protected:
  TcpDialer::Outcome& dial(std::vector<Endpoint> endpoints, Duration timeout = 10s) {
    start = now();
    dialer = std::make_shared<TcpDialer>(
        context, std::move(endpoints), source, start + timeout,
        [this](TcpDialer::Outcome result) { outcome.emplace(std::move(result)); });
    dialer->start();
    while (!outcome && now() < start + 15s) context.run_one_for(15s);
    return *outcome;
  }

  std::optional<Endpoint> source;
  boost::asio::io_context context;
  TimePoint start;
  std::shared_ptr<TcpDialer> dialer;
  std::optional<TcpDialer::Outcome> outcome;
};

TEST_F(TcpDialerTest, ConnectsWithoutDelayOfSmallWrites) {
  const LoopbackServer server{echo};
  auto& connected = dial({server.endpoint()});

  ASSERT_TRUE(connected);
  tcp::no_delay no_delay;
  boost::asio::socket_base::keep_alive keep_alive;
  connected->get_option(no_delay);
  connected->get_option(keep_alive);
  EXPECT_TRUE(no_delay.value());
  EXPECT_TRUE(keep_alive.value());
  EXPECT_TRUE(connected->non_blocking());
  outcome.reset();
}

TEST_F(TcpDialerTest, ChildProcessesDoNotInheritTheSocket) {
  const LoopbackServer server{echo};
  auto& connected = dial({server.endpoint()});

  ASSERT_TRUE(connected);
  EXPECT_THAT(::fcntl(connected->native_handle(), F_GETFD) & FD_CLOEXEC, Eq(FD_CLOEXEC));
  outcome.reset();
}

TEST_F(TcpDialerTest, ConnectsOverIpv6) {
  const LoopbackServer server{echo, "::1"};

  EXPECT_TRUE(dial({server.endpoint()}));
  outcome.reset();
}

TEST_F(TcpDialerTest, ComesFromTheAddressThatItIsTold) {
  const LoopbackServer server{echo};
  source = Endpoint::parse("127.0.0.7", 0);
  auto& connected = dial({server.endpoint()});

  ASSERT_TRUE(connected);
  EXPECT_EQ(connected->local_endpoint().address().to_string(), "127.0.0.7");
  outcome.reset();
}

TEST_F(TcpDialerTest, ComesFromAnIpv6AddressAsWell) {
  const LoopbackServer server{echo, "::1"};
  source = Endpoint::parse("::1", 0);

  EXPECT_TRUE(dial({server.endpoint()}));
  outcome.reset();
}

/// 192.0.2.0/24 is nobody's (RFC 5737).
TEST_F(TcpDialerTest, NamesASourceThatIsNotOurs) {
  const LoopbackServer server{echo};
  source = Endpoint::parse("192.0.2.1", 0);
  const auto& connected = dial({server.endpoint()});

  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().kind, DisconnectKind::kSourceFailed);
  EXPECT_THAT(connected.error().detail,
              AllOf(HasSubstr(to_string(server.endpoint())), HasSubstr("from 192.0.2.1: ")));
}

/// Loopback leads nowhere else, which the kernel knows before it sends anything.
TEST_F(TcpDialerTest, NamesASourceFromWhichNoWayLeadsToTheServer) {
  source = Endpoint::parse("127.0.0.7", 0);
  const auto& connected = dial({*Endpoint::parse("192.0.2.1", 80)});

  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().kind, DisconnectKind::kSourceFailed) << connected.error().detail;
}

TEST_F(TcpDialerTest, ASourceIsNotToBlameForAServerThatRefuses) {
  source = Endpoint::parse("127.0.0.7", 0);
  const auto& connected = dial({refusing_endpoint()});

  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().kind, DisconnectKind::kConnectFailed);
}

TEST_F(TcpDialerTest, TriesTheNextWhenOneRefuses) {
  const LoopbackServer server{echo};
  const auto& connected = dial({refusing_endpoint("::1"), refusing_endpoint(), server.endpoint()});

  EXPECT_TRUE(connected);
  outcome.reset();
}

TEST_F(TcpDialerTest, GivesTheReasonOfEach) {
  const Endpoint first = refusing_endpoint();
  const Endpoint second = refusing_endpoint("::1");
  const auto& failed = dial({first, second});

  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().kind, Eq(DisconnectKind::kConnectFailed));
  EXPECT_THAT(failed.error().detail, Eq(to_string(first) + ": Connection refused; " +
                                        to_string(second) + ": Connection refused"));
}

TEST_F(TcpDialerTest, ABlackHoleCostsItsShareOnly) {
  const BlackHole hole;
  const LoopbackServer server{echo};
  std::vector<Endpoint> endpoints(20, server.endpoint());
  endpoints.front() = hole.endpoint();
  const auto& connected = dial(endpoints, 10s);

  EXPECT_TRUE(connected);
  EXPECT_THAT(now() - start, AllOf(Ge(500ms), Lt(8s)));
  outcome.reset();
}

TEST_F(TcpDialerTest, NoShareIsShorterThanTheLeast) {
  const BlackHole hole;
  const LoopbackServer server{echo};
  std::vector<Endpoint> endpoints(1000, server.endpoint());
  endpoints.front() = hole.endpoint();
  const auto& connected = dial(endpoints, 10s);

  EXPECT_TRUE(connected);
  EXPECT_THAT(now() - start, Ge(TcpDialer::kShareMin));
  outcome.reset();
}

TEST_F(TcpDialerTest, QuickRefusalsLeaveTheirTimeToTheOthers) {
  const BlackHole hole;
  const auto& failed = dial({refusing_endpoint(), refusing_endpoint(), hole.endpoint()}, 400ms);

  ASSERT_FALSE(failed);
  EXPECT_THAT(now() - start, Ge(400ms));
}

TEST_F(TcpDialerTest, EndsAtTheDeadline) {
  const BlackHole hole;
  const auto& failed = dial({hole.endpoint()}, 50ms);

  ASSERT_FALSE(failed);
  EXPECT_THAT(now() - start, AllOf(Ge(50ms), Lt(5s)));
  EXPECT_THAT(failed.error().detail,
              AllOf(HasSubstr(to_string(hole.endpoint())), HasSubstr("no answer within")));
}

TEST_F(TcpDialerTest, SaysWhatItHadNoTimeFor) {
  const BlackHole hole;
  // The least share is longer than the time there is, so the second has no turn.
  const auto& failed = dial({hole.endpoint(), refusing_endpoint()}, 100ms);

  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().detail, HasSubstr("1 address was not tried for lack of time"));
}

TEST_F(TcpDialerTest, RecognizesAConnectionToItself) {
  // Chance brings one about once in some ten thousand dials; a socket that is bound first, always.
  tcp::socket itself{context, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
  itself.connect(itself.local_endpoint());
  const LoopbackServer server{echo};
  tcp::socket other{context};
  other.connect(tcp::endpoint{boost::asio::ip::address_v4::loopback(), server.port()});

  EXPECT_TRUE(is_connected_to_itself(itself));
  EXPECT_FALSE(is_connected_to_itself(other));
}

TEST_F(TcpDialerTest, DestructionForgetsTheCompletion) {
  const BlackHole hole;
  dialer = std::make_shared<TcpDialer>(
      context, std::vector{hole.endpoint()}, std::nullopt, now() + 20ms,
      [this](TcpDialer::Outcome result) { outcome.emplace(std::move(result)); });
  dialer->start();
  dialer.reset();
  context.run();

  EXPECT_FALSE(outcome.has_value());
}

}  // namespace
}  // namespace wsm::io
