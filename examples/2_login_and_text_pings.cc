// Logs in on each connection, pings with text, and changes its topics while it runs:
// 2_login_and_text_pings [URL [TOKEN]]

#include <chrono>
#include <iostream>
#include <thread>

#include <wsm/wsm.h>

using namespace std::chrono_literals;
using wsm::OutgoingMessage;

OutgoingMessage request(const std::string& op, const std::string& argument) {
  return OutgoingMessage::text(R"({"op":")" + op + R"(","arg":")" + argument + "\"}");
}

struct Chat final : wsm::WebSocketHandler<std::string> {
  std::string address, token;

  std::string url(const wsm::ConnectionState&) override { return address; }
  std::vector<std::string> subscriptions() override { return {}; }  // They come while it runs.

  std::vector<OutgoingMessage> on_connect(const wsm::ConnectionState&) override {
    return {request("login", token)};
  }
  std::optional<OutgoingMessage> subscription_message(std::span<const std::string> t) override {
    return request("subscribe", t[0]);
  }
  std::optional<OutgoingMessage> unsubscription_message(std::span<const std::string> t) override {
    return request("unsubscribe", t[0]);
  }
  bool is_data_message(const wsm::Message& message) override {
    return message.text().find(R"("ok":)") == std::string_view::npos;  // No acknowledgement.
  }
  void on_message(const wsm::Message& message, const wsm::ConnectionState&) override {
    std::cout << message.text() << '\n';
  }
};

int main(int argc, char** argv) {
  auto builder = wsm::ShardManagerConfig::builder();
  builder.text_ping("ping").text_pong("pong").ping_interval(200ms).subscriptions_per_message(1);
  const auto chat = std::make_shared<Chat>();
  chat->address = argc > 1 ? argv[1] : "ws://127.0.0.1:8080/ws";
  chat->token = argc > 2 ? argv[2] : "secret";

  wsm::ShardManager manager{*builder.build(), chat};
  manager.start();
  for (const auto& result : manager.subscribe({"room1", "room2"}))
    std::cerr << to_string(result.status) << " on shard " << *result.shard << '\n';
  if (!manager.wait_until_live(10s)) return 1;
  std::this_thread::sleep_for(1s);
  manager.unsubscribe({"room1"});
  manager.subscribe({"room3"});
  std::this_thread::sleep_for(1s);
  return manager.stop() ? 0 : 1;
}
