#include "torture/feed_server.h"

#include <span>
#include <string_view>
#include <utility>

#include "io/system_entropy.h"
#include "support/server_codec.h"
#include "wire/deflater.h"

namespace wsm::testing {
namespace {

std::string numbered_text(std::size_t number) {
  return R"({"topic":"T0001","seq":)" + std::to_string(number) + R"(,"ts":0})";
}

}  // namespace

std::string receive_head(io::testing::ServerSocket& socket) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const std::string more = socket.receive();
    if (more.empty()) return {};
    head += more;
  }
  return head;
}

void serve_feed(io::testing::ServerSocket& socket, const FeedScript& script) {
  const std::string head = receive_head(socket);
  if (head.empty()) return;
  socket.send(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      io::accept_for(test::key_of(head)) + "\r\n" + script.extra_headers + "\r\n");
  std::string received;
  std::string frames = script.frames;
  for (;;) {
    const std::string more = socket.receive();
    if (more.empty()) return;
    received += more;
    std::string_view rest = received;
    std::string_view fault;
    while (const auto frame = test::take_client_frame(rest, fault)) {
      if (frame->opcode == Opcode::kText) socket.send(std::exchange(frames, {}));
      if (frame->opcode != Opcode::kClose) continue;
      socket.send(test::server_close(1000));
      return;
    }
    received.erase(0, received.size() - rest.size());
  }
}

std::string numbered_frames(std::size_t count, std::size_t hole) {
  std::string frames;
  for (std::size_t number = 1; number <= count; ++number) {
    if (number != hole) frames += test::server_text(numbered_text(number));
  }
  return frames;
}

std::string compressed_frames(std::size_t count) {
  constexpr char kCompressed = 0x40;  // RSV1 (RFC 7692, section 6).
  std::string frames;
  for (std::size_t number = 1; number <= count; ++number) {
    Deflater deflater{{.window_bits = Deflater::kWindowBits, .keeps_context = false}};
    const std::string text = numbered_text(number);
    const auto payload = deflater.deflate(std::as_bytes(std::span{text})).value();
    std::string frame = test::server_text(
        std::string_view{reinterpret_cast<const char*>(payload.data()), payload.size()});
    frame.front() = static_cast<char>(frame.front() | kCompressed);
    frames += frame;
  }
  return frames;
}

}  // namespace wsm::testing
