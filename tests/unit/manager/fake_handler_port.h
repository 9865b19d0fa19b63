#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <wsm/detail/handler_port.h>

namespace wsm {

/// A handler whose hooks do what a test says; `before` comes first in each of them.
class FakeHandlerPort final : public detail::HandlerPort {
 public:
  std::string url(const ConnectionState&) override { return called("url"), "ws://host"; }
  std::vector<std::string> urls(const ConnectionState&) override { return called("urls"), several; }
  std::vector<OutgoingMessage> on_connect(const ConnectionState&) override {
    return called("on_connect"), std::vector{OutgoingMessage::text("login")};
  }
  std::vector<Header> connection_headers(const ConnectionState&) override {
    return called("connection_headers"), std::vector{Header{"a", "b"}};
  }
  std::vector<std::string> subprotocols(const ConnectionState&) override {
    return called("subprotocols"), std::vector<std::string>{"v1"};
  }
  void on_message(const Message& message, const ConnectionState&) override {
    called("on_message");
    if (take_message) take_message(message);
  }
  void on_disconnect(const ConnectionState&, const DisconnectReason&) override {
    called("on_disconnect");
  }
  ErrorAnswer on_error(const ConnectionState&, const DisconnectReason&) override {
    return called("on_error"), ErrorAnswer::kStop;
  }
  void on_event(const Event&) override { called("on_event"); }
  bool is_heartbeat(const Message&) override { return called("is_heartbeat"), false; }
  bool is_data_message(const Message&) override { return called("is_data_message"), true; }
  Inspection<SubscriptionId> inspect(const Message&) override {
    return called("inspect"), inspection;
  }
  std::optional<OutgoingMessage> subscription_message(std::span<const SubscriptionId>) override {
    return called("subscription_message"), OutgoingMessage::text("subscribe");
  }
  std::optional<OutgoingMessage> unsubscription_message(std::span<const SubscriptionId>) override {
    return called("unsubscription_message"), std::nullopt;
  }
  std::string subscription_name(SubscriptionId) override {
    return called("subscription_name"), "a name";
  }
  void forget(SubscriptionId id) override { forgotten.push_back(id); }

  std::function<void(const std::string& hook)> before;
  std::function<void(const Message&)> take_message;
  std::vector<SubscriptionId> forgotten;
  std::vector<std::string> several;
  Inspection<SubscriptionId> inspection;  ///< What inspect() finds.
  std::vector<std::string> inspecting;    ///< The calls of inspect() and is_data_message().

 private:
  void called(const std::string& hook) {
    if (hook == "inspect" || hook == "is_data_message") inspecting.push_back(hook);
    if (before) before(hook);
  }
};

}  // namespace wsm
