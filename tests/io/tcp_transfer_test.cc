#include "io/tcp_transfer.h"

#include <array>
#include <string>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/loopback_server.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::Lt;

using boost::asio::ip::tcp;

class TcpTransferTest : public ::testing::Test {
 protected:
  TcpTransferTest() {
    tcp::acceptor acceptor{context, {boost::asio::ip::address_v4::loopback(), 0}};
    near.connect(acceptor.local_endpoint());
    acceptor.accept(far);
    near.non_blocking(true);
  }

  /// Waits until there is something to receive, or the end.
  void await_input() { near.wait(tcp::socket::wait_read); }

  boost::asio::io_context context;
  tcp::socket near{context};
  tcp::socket far{context};
  std::array<std::byte, 64> space{};
};

TEST_F(TcpTransferTest, ReceivesWhatIsThere) {
  far.write_some(boost::asio::buffer("abc", 3));
  await_input();

  const auto [bytes, error] = receive(near, space);
  EXPECT_THAT(bytes, Eq(3U));
  EXPECT_FALSE(error);
}

TEST_F(TcpTransferTest, ReceivesNothingWithoutWaiting) {
  const auto [bytes, error] = receive(near, space);

  EXPECT_THAT(bytes, Eq(0U));
  EXPECT_TRUE(is_would_block(error));
}

TEST_F(TcpTransferTest, ReportsTheEndInWords) {
  far.close();
  await_input();

  const auto [bytes, error] = receive(near, space);
  EXPECT_FALSE(is_would_block(error));
  EXPECT_THAT(connection_lost(error).kind, Eq(DisconnectKind::kConnectionLost));
  EXPECT_THAT(connection_lost(error).detail, Eq("the server ended the TCP connection"));
}

TEST_F(TcpTransferTest, ReportsAResetInTheSystemsWords) {
  EXPECT_THAT(connection_lost(boost::asio::error::connection_reset).detail,
              Eq("Connection reset by peer"));
}

TEST_F(TcpTransferTest, SendsAsMuchAsTheKernelTakes) {
  const std::string large(64 * 1024 * 1024, 'x');
  const auto [bytes, error] = send(near, std::as_bytes(std::span{large}));

  EXPECT_THAT(bytes, AllOf(Gt(0U), Lt(large.size())));
  EXPECT_TRUE(is_would_block(error));
}

TEST_F(TcpTransferTest, SendsEverythingWhereThereIsRoom) {
  const auto [bytes, error] = send(near, space);

  EXPECT_THAT(bytes, Eq(space.size()));
  EXPECT_FALSE(error);
}

}  // namespace
}  // namespace wsm::io
