// Follows three topics and prints what arrives: 1_quick_start [URL [MESSAGES]]

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <semaphore>

#include <wsm/wsm.h>

class Prices final : public wsm::WebSocketHandler<std::string> {
 public:
  Prices(std::string url, int messages) : url_(std::move(url)), messages_left_(messages) {}

  std::string url(const wsm::ConnectionState&) override { return url_; }

  void on_message(const wsm::Message& message, const wsm::ConnectionState& state) override {
    std::cout << "[shard " << state.shard_id << "] " << message.text() << '\n';
    if (--messages_left_ == 0) enough_.release();
  }

  std::vector<std::string> subscriptions() override { return {"topic1", "topic2"}; }

  std::optional<wsm::OutgoingMessage> subscription_message(
      std::span<const std::string> topics) override {
    std::string list;
    for (const std::string& topic : topics) list += (list.empty() ? "\"" : ",\"") + topic + '"';
    return wsm::OutgoingMessage::text(R"({"op":"subscribe","args":[)" + list + "]}");
  }

  bool wait() { return enough_.try_acquire_for(std::chrono::seconds{30}); }

 private:
  std::string url_;
  int messages_left_;
  std::binary_semaphore enough_{0};
};

int main(int argc, char** argv) {
  const auto config = wsm::ShardManagerConfig::builder().max_subscriptions_per_shard(2).build();
  if (!config) {
    std::cerr << to_string(config.error()) << '\n';
    return 1;
  }
  const auto prices = std::make_shared<Prices>(argc > 1 ? argv[1] : "ws://127.0.0.1:8080/ws",
                                               argc > 2 ? std::atoi(argv[2]) : 100);
  wsm::ShardManager manager{*config, prices};
  manager.start();
  manager.subscribe({"topic3"});
  const bool is_complete = prices->wait();
  std::cerr << manager.metrics().snapshot().active_connections << " connections\n";
  manager.stop();
  return is_complete ? 0 : 1;
}
