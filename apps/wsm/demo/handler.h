#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include <wsm/handler.h>

#include "demo/event_list.h"
#include "demo/gap_ledger.h"
#include "demo/receipts.h"

namespace wsm::demo {

/// The application of the demo: subscribes to the topics of the venue and keeps the receipts.
class Handler final : public WebSocketHandler<std::string> {
 public:
  /// `clock` tells the time since the beginning of the demo, for the list of events.
  Handler(std::string venue_url, std::size_t topics, EventList& events,
          std::function<Duration()> clock);

  std::string url(const ConnectionState& state) override;
  /// Two of three; the others are subscribed to later.
  std::vector<std::string> subscriptions() override;
  std::optional<OutgoingMessage> subscription_message(std::span<const std::string> topics) override;
  std::optional<OutgoingMessage> unsubscription_message(
      std::span<const std::string> topics) override;
  Inspection<std::string> inspect(const Message& message) override;
  void on_message(const Message& message, const ConnectionState& state) override;
  void on_event(const Event& event) override;

  [[nodiscard]] std::vector<std::string> other_subscriptions() const;

  /// Messages of data so far.
  [[nodiscard]] std::uint64_t received() const;
  /// A copy of everything that has arrived.
  [[nodiscard]] Receipts receipts() const;
  /// What came of the rebalancing, when it is over.
  [[nodiscard]] std::optional<event::RebalanceFinished> rebalance() const;
  [[nodiscard]] std::vector<event::SwitchoverReported> switchovers() const;
  /// A copy of everything that the manager has told of gaps.
  [[nodiscard]] GapLedger ledger() const;

 private:
  OutgoingMessage request(std::string_view operation, std::span<const std::string> topics);

  const std::string venue_url_;
  const std::size_t topics_;
  EventList& events_;
  const std::function<Duration()> clock_;
  // On the I/O thread, as both request hooks and inspect() are.
  std::uint64_t last_id_ = 0;
  simdjson::dom::parser inspecting_parser_;
  simdjson::dom::parser parser_;  // On the delivery thread.
  mutable std::mutex mutex_;
  Receipts receipts_;
  GapLedger ledger_;
  std::optional<event::RebalanceFinished> rebalance_;
  std::vector<event::SwitchoverReported> switchovers_;
};

}  // namespace wsm::demo
