#include "io/tcp_transfer.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "io/disconnect_reason.h"
#include "io/tls_filter.h"

namespace wsm::io {

namespace asio = boost::asio;
using boost::system::error_code;

TcpTransfer receive(asio::ip::tcp::socket& socket, std::span<std::byte> into) {
  error_code error;
  const std::size_t bytes = socket.read_some(asio::buffer(into.data(), into.size()), error);
  return {bytes, error};
}

TcpTransfer send(asio::ip::tcp::socket& socket, std::span<const std::byte> bytes) {
  std::size_t sent = 0;
  error_code error;
  while (sent < bytes.size() && !error) {
    const auto rest = bytes.subspan(sent);
    sent += socket.write_some(asio::buffer(rest.data(), rest.size()), error);
  }
  return {sent, error};
}

error_code send_records(asio::ip::tcp::socket& socket, TlsFilter& filter) {
  const auto [bytes, error] = send(socket, filter.ciphertext());
  filter.consume_ciphertext(bytes);
  return error;
}

bool is_would_block(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

DisconnectReason connection_lost(const error_code& error) {
  return disconnect_reason(
      DisconnectKind::kConnectionLost,
      error == asio::error::eof ? "the server ended the TCP connection" : error.message());
}

}  // namespace wsm::io
