// Says of each message what it is, so that each comes once though its connection is replaced, what
// is lost is counted, and the manager knows of each topic how it stands: 3_inspect [URL]

#include <chrono>
#include <iostream>
#include <semaphore>

#include <wsm/wsm.h>

using namespace std::chrono_literals;

/// What `json`, a flat object, has under `key`; a parser of yours does it better.
std::string value(std::string_view json, std::string_view key) {
  const std::size_t at = json.find('"' + std::string{key} + "\":");
  if (at == std::string_view::npos) return {};
  json.remove_prefix(at + key.size() + 3);
  const bool is_text = json.starts_with('"');
  return std::string{is_text ? json.substr(1, json.find('"', 1) - 1)
                             : json.substr(0, json.find_first_of(",}"))};
}

struct Feed final : wsm::WebSocketHandler<std::string> {
  std::string address;
  std::uint64_t requests = 0;
  std::binary_semaphore replaced{0};

  std::string url(const wsm::ConnectionState&) override { return address; }
  std::vector<std::string> subscriptions() override { return {"topic1", "topic2"}; }

  std::optional<wsm::OutgoingMessage> subscription_message(
      std::span<const std::string> t) override {
    const std::string id = std::to_string(++requests);
    const std::string text = R"({"op":"subscribe","id":)" + id + R"(,"args":[")" + t[0] + "\"]}";
    return wsm::OutgoingMessage::text(text).with_request(requests);
  }
  wsm::Inspection<std::string> inspect(const wsm::Message& message) override {
    const std::string_view text = message.text();
    if (const std::string topic = value(text, "topic"); !topic.empty()) {
      return {.role = wsm::MessageRole::kData,
              .subscription = topic,
              .numbering = {.sequence = std::stoull(value(text, "seq"))}};
    }
    const bool is_refused = value(text, "op") == "error";
    return {.role = is_refused ? wsm::MessageRole::kRejection : wsm::MessageRole::kAcknowledgement,
            .request = std::stoull(value(text, "id")),
            .detail = value(text, "message")};
  }
  void on_message(const wsm::Message& message, const wsm::ConnectionState&) override {
    std::cout << message.text() << '\n';
  }
  void on_event(const wsm::Event& event) override {
    if (!std::holds_alternative<wsm::event::SwitchoverReported>(event.what)) return;
    std::cerr << wsm::to_string(event.what) << '\n';
    replaced.release();
  }
};

int main(int argc, char** argv) {
  const auto feed = std::make_shared<Feed>();
  feed->address = argc > 1 ? argv[1] : "ws://127.0.0.1:8080/ws";
  auto builder = wsm::ShardManagerConfig::builder();
  wsm::ShardManager manager{*builder.subscriptions_per_message(1).build(), feed};
  manager.start();
  if (!manager.wait_until_live(10s) || !manager.hot_switchover(wsm::ShardId{0})) return 1;
  if (!feed->replaced.try_acquire_for(10s)) return 1;
  for (const char* topic : {"topic1", "topic2"}) {
    const auto state = manager.subscription_status(topic);
    std::cerr << topic << " is " << to_string(state->status) << '\n';
  }
  std::cerr << manager.metrics().snapshot().counters.messages_lost << " messages lost\n";
  return manager.stop() ? 0 : 1;
}
