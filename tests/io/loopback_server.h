#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/types.h>

#include "io/endpoint.h"
#include "unit/io/test_certificates.h"

namespace wsm::io::testing {

/// The server's end of one connection: blocking calls, each of which gives up after thirty seconds.
class ServerSocket {
 public:
  explicit ServerSocket(int socket);
  ~ServerSocket();
  ServerSocket(const ServerSocket&) = delete;
  ServerSocket& operator=(const ServerSocket&) = delete;

  /// Speaks TLS from here on. False if the client does not want it.
  bool accept_tls(const Certificate& certificate);
  /// The same, and says `early` before the client has ended its handshake (TLS 1.3).
  bool accept_tls(const Certificate& certificate, std::string_view early);

  /// What comes next; empty at the end.
  [[nodiscard]] std::string receive();
  /// Everything until the end, or until there are `count` bytes.
  [[nodiscard]] std::string receive(std::size_t count);
  /// Whether the last plain receive() found a FIN, and no reset has come.
  [[nodiscard]] bool has_ended_cleanly() const { return has_ended_cleanly_; }
  /// Whether all of it could be sent.
  bool send(std::string_view bytes);
  /// The same beneath TLS.
  void send_raw(std::string_view bytes);
  /// A TLS close_notify. The connection stays.
  void send_close_notify();
  [[nodiscard]] bool has_seen_close_notify() const;
  /// FIN; the client can still send.
  void end_sending();
  /// RST.
  void reset();

 private:
  int socket_;
  std::shared_ptr<SSL> ssl_;
  bool has_failed_ = false;
  bool has_ended_cleanly_ = false;
};

/// Serves every connection with a script, on a thread of its own.
class LoopbackServer {
 public:
  using Script = std::function<void(ServerSocket&)>;

  explicit LoopbackServer(Script script, const std::string& address = "127.0.0.1");
  /// Waits for the scripts, so it is to outlive the clients.
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] std::uint16_t port() const;

 private:
  void accept_all(const Script& script);

  int listener_;
  Endpoint endpoint_;
  std::vector<std::thread> scripts_;  ///< Only touched by acceptor_ while that runs.
  std::thread acceptor_;
};

/// Sends back what it receives.
void echo(ServerSocket& socket);

/// An endpoint that refuses.
[[nodiscard]] Endpoint refusing_endpoint(const std::string& address = "127.0.0.1");

/// A port that answers to nobody: it listens, but its queue is full for ever.
class BlackHole {
 public:
  BlackHole();
  ~BlackHole();
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  int listener_;
  Endpoint endpoint_;
  std::vector<int> queued_;
};

}  // namespace wsm::io::testing
