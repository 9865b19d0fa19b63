#include "manager/test_handler.h"

#include "venue/topic.h"

namespace wsm::testing {

std::string request(std::string_view operation, std::span<const std::string> topics) {
  std::string text = R"({"op":")" + std::string{operation} + R"(","args":[)";
  for (const std::string& topic : topics) {
    if (text.back() != '[') text += ',';
    text += '"' + topic + '"';
  }
  return text + "]}";
}

bool is_data(std::string_view text) { return text.starts_with(R"({"topic":)"); }

std::vector<std::string> topics(std::size_t first, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t number = first; number < first + count; ++number) {
    names.push_back(venue::topic_name(venue::TopicId{static_cast<std::uint32_t>(number - 1)}));
  }
  return names;
}

void TestHandler::called(std::string_view hook, const ConnectionState* state) {
  journal.write([&](Notes& notes) {
    ++notes.calls[std::string{hook}];
    if (hook != "on_message" && hook != "is_data_message") notes.hooks.emplace_back(hook);
  });
  if (before) before(hook, state);
}

std::string TestHandler::url(const ConnectionState& state) {
  called("url", &state);
  return server_url + "/?shard=" + std::to_string(state.shard_id.value());
}

std::vector<std::string> TestHandler::urls(const ConnectionState& state) {
  if (!server_urls.empty()) {
    called("urls", &state);
  } else if (before) {
    before("urls", &state);
  }
  return server_urls;
}

void TestHandler::on_message(const Message& message, const ConnectionState& state) {
  called("on_message", &state);
  journal.write([&](Notes& notes) {
    notes.messages.push_back({state.shard_id, state.generation, std::string{message.text()}});
    notes.data += is_data(message.text()) ? 1 : 0;
  });
}

std::vector<std::string> TestHandler::subscriptions() {
  called("subscriptions");
  return initial;
}

std::optional<OutgoingMessage> TestHandler::subscription_message(
    std::span<const std::string> topics) {
  called("subscription_message");
  return OutgoingMessage::text(request("subscribe", topics));
}

std::optional<OutgoingMessage> TestHandler::unsubscription_message(
    std::span<const std::string> topics) {
  called("unsubscription_message");
  return OutgoingMessage::text(request("unsubscribe", topics));
}

std::vector<OutgoingMessage> TestHandler::on_connect(const ConnectionState& state) {
  called("on_connect", &state);
  return {};
}

std::vector<Header> TestHandler::connection_headers(const ConnectionState& state) {
  called("connection_headers", &state);
  return {{"X-Test", "1"}};
}

std::vector<std::string> TestHandler::subprotocols(const ConnectionState& state) {
  called("subprotocols", &state);
  return {};
}

void TestHandler::on_disconnect(const ConnectionState& state, const DisconnectReason& reason) {
  called("on_disconnect", &state);
  journal.write([&](Notes& notes) {
    notes.disconnects.push_back({state.shard_id, state.generation, reason});
  });
}

ErrorAnswer TestHandler::on_error(const ConnectionState& state, const DisconnectReason& reason) {
  called("on_error", &state);
  journal.write([&](Notes& notes) {
    notes.errors.push_back({state.shard_id, state.generation, reason});
  });
  return answer_error ? answer_error(reason) : ErrorAnswer::kDefault;
}

std::size_t TestHandler::max_subscriptions_per_shard() {
  called("max_subscriptions_per_shard");
  return 500;
}

bool TestHandler::is_data_message(const Message& message) {
  called("is_data_message");
  return is_data(message.text());
}

Inspection<std::string> TestHandler::inspect(const Message& message) {
  if (before) before("inspect", nullptr);
  return look ? look(message) : Inspection<std::string>{};
}

std::string TestHandler::subscription_name(const std::string& topic) {
  if (before) before("subscription_name", nullptr);
  return topic;
}

void TestHandler::on_event(const Event& event) {
  called("on_event");
  journal.write([&](Notes& notes) { notes.events.push_back(event.what); });
}

}  // namespace wsm::testing
