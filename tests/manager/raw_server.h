#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "wire/frame.h"

namespace wsm::testing {

/// The server's end of one TCP connection, for servers that misbehave. Every call gives up when the
/// server goes.
class RawConnection {
 public:
  RawConnection(int socket, const std::atomic<bool>& is_over)
      : socket_(socket), is_over_(is_over) {}
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection();

  /// Reads an upgrade request and accepts it; `first` goes out with the answer. False at the end.
  bool accept_upgrade(std::string_view first = {});
  void send(std::string_view bytes);
  /// The client's address, in figures.
  [[nodiscard]] std::string client_address() const;
  /// Reads until a frame of this kind has come. False at the end.
  [[nodiscard]] bool wait_for_frame(Opcode opcode);
  /// Reads and drops everything until the client has gone.
  void wait_until_closed();

 private:
  /// More of what the client sends; empty at the end.
  [[nodiscard]] std::string receive();

  const int socket_;
  const std::atomic<bool>& is_over_;
};

/// A TCP server on a free port of 127.0.0.1 that runs `script` on a thread of its own for each
/// connection, and then hangs up.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  explicit RawServer(Script script);
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  /// Ends the scripts.
  ~RawServer();

  /// ws://127.0.0.1:port
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] int accepted() const { return accepted_; }

 private:
  void accept_all(const Script& script);

  int listener_;
  std::string url_;
  std::atomic<bool> is_over_ = false;
  std::atomic<int> accepted_ = 0;
  std::vector<std::thread> scripts_;  // Of acceptor_, until that has ended.
  std::thread acceptor_;
};

/// A port of 127.0.0.1 that listens and has no room for anybody: a connect to it hangs.
class BlackHole {
 public:
  BlackHole();
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;
  ~BlackHole();

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  int listener_;
  std::string url_;
  std::vector<int> queued_;  // What fills its queue.
};

/// A port of 127.0.0.1 that is taken, and refuses everybody.
class RefusingPort {
 public:
  RefusingPort();
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;
  ~RefusingPort();

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  int socket_;
  std::string url_;
};

}  // namespace wsm::testing
