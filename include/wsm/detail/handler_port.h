#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <wsm/detail/subscription_table.h>
#include <wsm/handler.h>

namespace wsm::detail {

/// A handler as the library sees it: the hooks of WebSocketHandler with ids for subscriptions.
class HandlerPort {
 public:
  virtual ~HandlerPort() = default;

  virtual std::string url(const ConnectionState& state) = 0;
  virtual std::vector<std::string> urls(const ConnectionState& state) = 0;
  virtual std::vector<OutgoingMessage> on_connect(const ConnectionState& state) = 0;
  virtual std::vector<Header> connection_headers(const ConnectionState& state) = 0;
  virtual std::vector<std::string> subprotocols(const ConnectionState& state) = 0;
  virtual void on_message(const Message& message, const ConnectionState& state) = 0;
  virtual void on_disconnect(const ConnectionState& state, const DisconnectReason& reason) = 0;
  virtual ErrorAnswer on_error(const ConnectionState& state, const DisconnectReason& reason) = 0;
  virtual void on_event(const Event& event) = 0;
  virtual bool is_heartbeat(const Message& message) = 0;
  virtual bool is_data_message(const Message& message) = 0;
  /// Without the subscriptions that nobody knows.
  virtual Inspection<SubscriptionId> inspect(const Message& message) = 0;

  virtual std::optional<OutgoingMessage> subscription_message(
      std::span<const SubscriptionId> ids) = 0;
  virtual std::optional<OutgoingMessage> unsubscription_message(
      std::span<const SubscriptionId> ids) = 0;

  /// Empty when `id` stands for nothing.
  virtual std::string subscription_name(SubscriptionId id) = 0;

  /// The library has no more use for `id`; its number may be given to another subscription.
  virtual void forget(SubscriptionId id) = 0;
};

/// Hands every hook through to a WebSocketHandler, translating ids on the way.
template <class Subscription>
class TypedHandlerPort final : public HandlerPort {
 public:
  using Handler = WebSocketHandler<Subscription>;

  explicit TypedHandlerPort(std::shared_ptr<Handler> handler) : handler_(std::move(handler)) {}

  [[nodiscard]] SubscriptionTable<Subscription>& table() { return table_; }
  [[nodiscard]] const std::shared_ptr<Handler>& handler() const { return handler_; }

  std::string url(const ConnectionState& state) override { return handler_->url(state); }
  std::vector<std::string> urls(const ConnectionState& state) override {
    return handler_->urls(state);
  }
  std::vector<OutgoingMessage> on_connect(const ConnectionState& state) override {
    return handler_->on_connect(state);
  }
  std::vector<Header> connection_headers(const ConnectionState& state) override {
    return handler_->connection_headers(state);
  }
  std::vector<std::string> subprotocols(const ConnectionState& state) override {
    return handler_->subprotocols(state);
  }
  void on_message(const Message& message, const ConnectionState& state) override {
    handler_->on_message(message, state);
  }
  void on_disconnect(const ConnectionState& state, const DisconnectReason& reason) override {
    handler_->on_disconnect(state, reason);
  }
  ErrorAnswer on_error(const ConnectionState& state, const DisconnectReason& reason) override {
    return handler_->on_error(state, reason);
  }
  void on_event(const Event& event) override { handler_->on_event(event); }
  bool is_heartbeat(const Message& message) override { return handler_->is_heartbeat(message); }
  bool is_data_message(const Message& message) override {
    return handler_->is_data_message(message);
  }
  Inspection<SubscriptionId> inspect(const Message& message) override {
    Inspection<Subscription> found = handler_->inspect(message);
    Inspection<SubscriptionId> known;
    known.role = found.role;
    if (found.role == MessageRole::kUndecided) return known;
    if (found.subscription) known.subscription = table_.find(*found.subscription);
    known.numbering = found.numbering;
    known.request = found.request;
    for (const Subscription& rejected : found.rejected) {
      if (const auto id = table_.find(rejected)) known.rejected.push_back(*id);
    }
    known.may_retry = found.may_retry;
    known.detail = std::move(found.detail);
    known.next_url = std::move(found.next_url);
    return known;
  }

  std::optional<OutgoingMessage> subscription_message(
      std::span<const SubscriptionId> ids) override {
    return handler_->subscription_message(subscriptions_of(ids));
  }
  std::optional<OutgoingMessage> unsubscription_message(
      std::span<const SubscriptionId> ids) override {
    return handler_->unsubscription_message(subscriptions_of(ids));
  }

  std::string subscription_name(SubscriptionId id) override {
    const Subscription* subscription = table_.find(id);
    return subscription ? handler_->subscription_name(*subscription) : std::string{};
  }

  void forget(SubscriptionId id) override { table_.forget(id); }

  [[nodiscard]] std::vector<Subscription> subscriptions_of(
      std::span<const SubscriptionId> ids) const {
    std::vector<Subscription> subscriptions;
    subscriptions.reserve(ids.size());
    for (const SubscriptionId id : ids) subscriptions.push_back(table_.at(id));
    return subscriptions;
  }

 private:
  std::shared_ptr<Handler> handler_;
  SubscriptionTable<Subscription> table_;
};

}  // namespace wsm::detail
