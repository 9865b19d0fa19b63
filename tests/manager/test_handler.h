#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/handler.h>

#include "manager/journal.h"

namespace wsm::testing {

/// A handler of the venue's feed that notes everything, and in which a test can make any hook
/// throw, hang or call the manager.
class TestHandler final : public WebSocketHandler<std::string> {
 public:
  /// What comes first in each hook, before it is noted; `state` where the hook has one.
  using Before = std::function<void(std::string_view hook, const ConnectionState* state)>;

  explicit TestHandler(std::string server, std::vector<std::string> topics = {})
      : server_url(std::move(server)), initial(std::move(topics)) {}

  std::string url(const ConnectionState& state) override;
  std::vector<std::string> urls(const ConnectionState& state) override;
  void on_message(const Message& message, const ConnectionState& state) override;
  std::vector<std::string> subscriptions() override;
  std::optional<OutgoingMessage> subscription_message(std::span<const std::string> topics) override;
  std::optional<OutgoingMessage> unsubscription_message(
      std::span<const std::string> topics) override;
  std::vector<OutgoingMessage> on_connect(const ConnectionState& state) override;
  std::vector<Header> connection_headers(const ConnectionState& state) override;
  std::vector<std::string> subprotocols(const ConnectionState& state) override;
  void on_disconnect(const ConnectionState& state, const DisconnectReason& reason) override;
  ErrorAnswer on_error(const ConnectionState& state, const DisconnectReason& reason) override;
  std::size_t max_subscriptions_per_shard() override;
  bool is_data_message(const Message& message) override;
  Inspection<std::string> inspect(const Message& message) override;
  std::string subscription_name(const std::string& topic) override;
  void on_event(const Event& event) override;

  // To be set before start().
  std::string server_url;
  std::vector<std::string> server_urls;  // Instead of it, if there are any.
  std::vector<std::string> initial;
  Before before;
  std::function<ErrorAnswer(const DisconnectReason&)> answer_error;
  std::function<Inspection<std::string>(const Message&)> look;

  Journal journal;

 private:
  void called(std::string_view hook, const ConnectionState* state = nullptr);
};

/// {"op":"subscribe","args":["T0001",…]} and the like.
[[nodiscard]] std::string request(std::string_view operation, std::span<const std::string> topics);

/// A message of data, not an acknowledgement and not a heartbeat.
[[nodiscard]] bool is_data(std::string_view text);

/// The names of `count` topics of the venue from the one with number `first` on, beginning with 1.
[[nodiscard]] std::vector<std::string> topics(std::size_t first, std::size_t count);

}  // namespace wsm::testing
