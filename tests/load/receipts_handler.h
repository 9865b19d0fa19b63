#pragma once

#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <wsm/handler.h>

#include "venue/topic.h"

namespace wsm::testing {

/// What came of one topic.
struct Receipt {
  std::uint64_t first = 0;  ///< Numbers; 0 when nothing has come.
  std::uint64_t last = 0;
  std::uint64_t count = 0;
  std::uint64_t lost = 0;   ///< Numbers that were passed over.
  std::uint64_t again = 0;  ///< Messages with a number that is not higher than the last.
};

/// Counts what comes of the venue's topics, of which the first `steady` are always subscribed.
class ReceiptsHandler final : public WebSocketHandler<std::string> {
 public:
  ReceiptsHandler(std::string url, std::size_t steady) : url_(std::move(url)), steady_(steady) {}

  std::string url(const ConnectionState& state) override {
    return url_ + "/?shard=" + std::to_string(state.shard_id.value());
  }
  std::vector<std::string> subscriptions() override { return names(0, steady_); }
  std::optional<OutgoingMessage> subscription_message(std::span<const std::string> t) override {
    return request("subscribe", t);
  }
  std::optional<OutgoingMessage> unsubscription_message(std::span<const std::string> t) override {
    return request("unsubscribe", t);
  }
  Inspection<std::string> inspect(const Message& message) override {
    const auto data = parse(message.text());
    if (!data) return {.role = MessageRole::kOther};
    return {.role = MessageRole::kData,
            .subscription = std::string{data->first},
            .numbering = {.sequence = data->second}};
  }
  void on_message(const Message& message, const ConnectionState&) override {
    const auto data = parse(message.text());
    if (!data) return;
    const std::lock_guard lock{mutex_};
    Receipt& receipt = receipts_[std::string{data->first}];
    const std::uint64_t number = data->second;
    if (receipt.count++ == 0) {
      receipt.first = number;
    } else if (number <= receipt.last) {
      ++receipt.again;
      return;
    } else {
      receipt.lost += number - receipt.last - 1;
    }
    receipt.last = number;
    ++received_;
  }
  void on_event(const Event& event) override {
    if (const auto* ended = std::get_if<event::SwitchoverFinished>(&event.what)) {
      ++switchovers;
      if (ended->outcome == SwitchoverOutcome::kProven) ++proven;
    }
    if (std::holds_alternative<event::RebalanceFinished>(event.what)) ++rebalances;
  }

  [[nodiscard]] Receipt receipt(const std::string& topic) const {
    const std::lock_guard lock{mutex_};
    const auto found = receipts_.find(topic);
    return found == receipts_.end() ? Receipt{} : found->second;
  }
  [[nodiscard]] std::uint64_t received() const { return received_; }
  /// Of the topics from number `first` on, counted from zero.
  [[nodiscard]] static std::vector<std::string> names(std::size_t first, std::size_t end) {
    std::vector<std::string> all;
    for (std::size_t topic = first; topic < end; ++topic) {
      all.push_back(venue::topic_name(venue::TopicId{static_cast<std::uint32_t>(topic)}));
    }
    return all;
  }

  std::atomic<std::size_t> switchovers = 0;  ///< That have ended,
  std::atomic<std::size_t> proven = 0;       ///< of these with the new connection proven.
  std::atomic<std::size_t> rebalances = 0;   ///< The same.

 private:
  /// {"topic":"T0001","seq":42,…
  static std::optional<std::pair<std::string_view, std::uint64_t>> parse(std::string_view text) {
    constexpr std::string_view kBegin = R"({"topic":")";
    constexpr std::string_view kMiddle = R"(","seq":)";
    if (!text.starts_with(kBegin)) return std::nullopt;
    text.remove_prefix(kBegin.size());
    const std::size_t end = text.find('"');
    if (!text.substr(end).starts_with(kMiddle)) return std::nullopt;
    const std::string_view rest = text.substr(end + kMiddle.size());
    std::uint64_t number = 0;
    std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return std::pair{text.substr(0, end), number};
  }
  static OutgoingMessage request(std::string_view operation, std::span<const std::string> topics) {
    std::string list;
    for (const std::string& topic : topics) list += (list.empty() ? "\"" : ",\"") + topic + '"';
    return OutgoingMessage::text(R"({"op":")" + std::string{operation} + R"(","args":[)" + list +
                                 "]}");
  }

  const std::string url_;
  const std::size_t steady_;
  mutable std::mutex mutex_;
  std::map<std::string, Receipt> receipts_;
  std::atomic<std::uint64_t> received_ = 0;
};

}  // namespace wsm::testing
