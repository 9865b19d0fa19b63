#include "load/tls_front.h"

#include <array>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "unit/io/test_certificates.h"

namespace wsm::testing {
namespace {

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;

/// One connection: a TLS stream to the client, and a plain one to the server.
struct Link {
  Link(tcp::socket accepted, asio::ssl::context& context)
      : client(std::move(accepted), context), server(client.get_executor()) {}

  void close() {
    boost::system::error_code ignored;
    client.lowest_layer().close(ignored);
    server.close(ignored);
  }

  asio::ssl::stream<tcp::socket> client;
  tcp::socket server;
};
using LinkPtr = std::shared_ptr<Link>;

template <class From, class To>
asio::awaitable<void> pump(LinkPtr link, From& from, To& to) {
  std::array<char, 65'536> buffer;
  try {
    for (;;) {
      const std::size_t count = co_await from.async_read_some(asio::buffer(buffer), use_awaitable);
      co_await asio::async_write(to, asio::buffer(buffer, count), use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    link->close();  // What came before has been handed on.
  }
}

asio::awaitable<void> serve(LinkPtr link, std::uint16_t server_port) {
  try {
    link->client.lowest_layer().set_option(tcp::no_delay{true});
    co_await link->client.async_handshake(asio::ssl::stream_base::server, use_awaitable);
    co_await link->server.async_connect({asio::ip::address_v4::loopback(), server_port},
                                        use_awaitable);
    link->server.set_option(tcp::no_delay{true});
  } catch (const boost::system::system_error&) {
    co_return link->close();
  }
  const auto executor = link->client.get_executor();
  asio::co_spawn(executor, pump(link, link->client, link->server), asio::detached);
  asio::co_spawn(executor, pump(link, link->server, link->client), asio::detached);
}

}  // namespace

class TlsFront::Impl {
 public:
  explicit Impl(std::uint16_t server_port)
      : server_port_(server_port),
        context_(asio::ssl::context::tls_server),
        acceptor_(io_, {asio::ip::address_v4::loopback(), 0}) {
    const auto certificate = io::testing::make_self_signed({});
    SSL_CTX_use_certificate(context_.native_handle(), certificate.x509.get());
    SSL_CTX_use_PrivateKey(context_.native_handle(), certificate.key.get());
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~Impl() {
    io_.stop();
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      auto link = std::make_shared<Link>(co_await acceptor_.async_accept(use_awaitable), context_);
      asio::co_spawn(io_, serve(std::move(link), server_port_), asio::detached);
    }
  }

  const std::uint16_t server_port_;
  asio::io_context io_{1};
  asio::ssl::context context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

TlsFront::TlsFront(std::uint16_t server_port) : impl_(std::make_unique<Impl>(server_port)) {}
TlsFront::~TlsFront() = default;

std::string TlsFront::url() const { return "wss://127.0.0.1:" + std::to_string(impl_->port()); }

}  // namespace wsm::testing
