#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <wsm/error.h>
#include <wsm/types.h>

#include "io/dial_target.h"

namespace wsm::io {

class CiphertextBuffer;
class EventLoop;
class NameResolver;

/// Hears from one transport. Called from the loop, never inside a call to the transport; may
/// destroy the transport.
class TransportListener {
 public:
  /// The name has been looked up, if there was one, and TCP has begun.
  virtual void handle_connecting() = 0;
  /// The connection is open, TLS included.
  virtual void handle_connected() = 0;
  /// The dial is over without a connection (kResolveFailed, kConnectFailed, kTlsFailed).
  virtual void handle_connect_failed(DisconnectReason reason) = 0;
  /// Answers one wait_readable(): read() has something to say.
  virtual void handle_readable() = 0;
  /// Answers one wait_writable(): everything has left, and write() takes bytes again.
  virtual void handle_writable() = 0;

 protected:
  ~TransportListener() = default;
};

enum class ReadStatus : std::uint8_t {
  kOk,          ///< One byte at least.
  kWouldBlock,  ///< Nothing now; wait_readable() tells when.
  kEnded,       ///< Nothing ever again; end_reason() says why.
};

[[nodiscard]] constexpr std::string_view to_string(ReadStatus status) {
  switch (status) {
    case ReadStatus::kOk: return "ok";
    case ReadStatus::kWouldBlock: return "would block";
    case ReadStatus::kEnded: return "ended";
  }
  return "unknown";
}

struct ReadResult {
  std::size_t bytes;
  ReadStatus status;
};

/// One TCP or TLS connection, from the look-up of its name to its end.
///
///     transport.dial(target, names, 10s);       // handle_connecting(), and then
///                                               // handle_connected() or handle_connect_failed()
///     transport.wait_readable();                // handle_readable(), once
///     do {
///       result = transport.read(space);
///     } while (transport.has_buffered_input());
///     transport.wait_readable();
///
/// It reads when it is told to and never ahead: an owner that does not read makes TCP slow the
/// server down. A read that filled less than its space has emptied the socket; another one before
/// wait_readable() would be a call into the kernel for nothing.
///
/// Threads: the loop's. Destruction at any moment is safe and closes; no call comes after it.
/// Lifetime: the loop, the buffer and the listener outlive it.
/// What this does not do: buffers for reading, WebSocket, reconnecting.
class Transport {
 public:
  Transport(EventLoop& loop, CiphertextBuffer& buffer, TransportListener& listener);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Opens the connection; once in the life of a transport. `names` looks the host up, unless the
  /// target has addresses. Every address is tried in turn, each with a fair share of the time.
  ///
  /// Completes: handle_connected() or handle_connect_failed(), exactly once, by `timeout`; before
  /// it handle_connecting(), unless there is nothing to connect to.
  void dial(DialTarget target, NameResolver& names, Duration timeout);

  /// Receives into `into` without waiting. Only on a connection that is open, or was.
  ///
  /// Without TLS this is one call into the kernel, straight into `into`. With TLS, one large
  /// receive serves as many reads as it takes to decrypt it.
  [[nodiscard]] ReadResult read(std::span<std::byte> into);

  /// Calls handle_readable() once when read() has something to say. A second call before that does
  /// nothing. Also true of the end: it is read like data. With TLS, it may have to wait until the
  /// peer has read the answers of the protocol itself.
  void wait_readable();

  /// Sends from the front of `bytes` without waiting, and returns how many were taken.
  ///
  /// Fewer than all means that the peer reads slowly (call wait_writable() and go on with the rest)
  /// or that the connection has ended (read() will say so). What TLS 1.3 calls the end of the
  /// peer's data is no end of ours: a close frame still gets its answer. With TLS, taken bytes may
  /// wait here as records; nothing more is taken until they have left, so they are never more than
  /// 64 KiB of `bytes`.
  [[nodiscard]] std::size_t write(std::span<const std::byte> bytes);

  /// Calls handle_writable() once when everything has left and more can be taken. A second call
  /// before that does nothing; nor does one on a connection that has ended.
  void wait_writable();

  /// Ends the connection: TLS close_notify as far as the kernel takes it at once, then FIN. Drops
  /// whatever else waits, and every callback. A second call does nothing.
  void close();

  /// Whether read() can go on without the kernel; not for ever at one turn, where a peer sends TLS
  /// records that bring nothing. An owner that stops in spite of it loses nothing;
  /// wait_readable() answers at the next turn then.
  [[nodiscard]] bool has_buffered_input() const;

  /// Whether the kernel has everything that write() took.
  [[nodiscard]] bool is_flushed() const;

  /// Why there is nothing more to read. Only after kEnded.
  [[nodiscard]] const DisconnectReason& end_reason() const;

 private:
  class Connection;
  std::shared_ptr<Connection> connection_;  ///< Shared with no one but callbacks that run.
};

}  // namespace wsm::io
