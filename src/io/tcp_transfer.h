#pragma once

#include <cstddef>
#include <span>

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <wsm/error.h>

namespace wsm::io {

class TlsFilter;

/// What a non-blocking call moved, and why it stopped: no error, would_block, or the end.
struct TcpTransfer {
  std::size_t bytes;
  boost::system::error_code error;
};

/// Receives once: with no error, one byte at least.
[[nodiscard]] TcpTransfer receive(boost::asio::ip::tcp::socket& socket, std::span<std::byte> into);

/// Sends until all of `bytes` is with the kernel, or until an error.
[[nodiscard]] TcpTransfer send(boost::asio::ip::tcp::socket& socket,
                               std::span<const std::byte> bytes);

/// Sends the records that `filter` has waiting, and drops from it what was sent.
[[nodiscard]] boost::system::error_code send_records(boost::asio::ip::tcp::socket& socket,
                                                     TlsFilter& filter);

/// Whether `error` only means "not now".
[[nodiscard]] bool is_would_block(const boost::system::error_code& error);

/// The end of a connection by `error` (kConnectionLost).
[[nodiscard]] DisconnectReason connection_lost(const boost::system::error_code& error);

}  // namespace wsm::io
