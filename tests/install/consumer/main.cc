// A program that knows the installed package only. Nothing listens where it connects to, so the
// first attempt fails; that answer has been through every layer of the library.

#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <wsm/wsm.h>

namespace {

class Feed final : public wsm::WebSocketHandler<std::string> {
 public:
  std::string url(const wsm::ConnectionState&) override { return "ws://127.0.0.1:1/"; }

  void on_message(const wsm::Message&, const wsm::ConnectionState&) override {}

  std::vector<std::string> subscriptions() override { return {"topic"}; }

  std::optional<wsm::OutgoingMessage> subscription_message(
      std::span<const std::string> topics) override {
    return wsm::OutgoingMessage::text(topics.front());
  }

  wsm::ErrorAnswer on_error(const wsm::ConnectionState&,
                            const wsm::DisconnectReason& reason) override {
    failure.set_value(reason);
    return wsm::ErrorAnswer::kStop;
  }

  std::promise<wsm::DisconnectReason> failure;
};

int fail(const std::string& why) {
  std::cerr << "consumer: " << why << '\n';
  return EXIT_FAILURE;
}

}  // namespace

int main() {
  const auto config = wsm::ShardManagerConfig::builder()
                          .max_subscriptions_per_shard(10)
                          .connect_timeout(std::chrono::seconds{5})
                          .build();
  if (!config) return fail(to_string(config.error()));

  const auto feed = std::make_shared<Feed>();
  auto failure = feed->failure.get_future();
  wsm::ShardManager manager{*config, feed};
  if (const auto started = manager.start(); !started) return fail(to_string(started.error()));

  if (failure.wait_for(std::chrono::seconds{20}) != std::future_status::ready) {
    return fail("no failed attempt was told");
  }
  std::cout << "wsm " << wsm::version() << ": " << to_string(failure.get()) << '\n';
  const auto stopped = manager.stop();
  return stopped ? EXIT_SUCCESS : fail(to_string(stopped.error()));
}
