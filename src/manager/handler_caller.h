#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/detail/handler_port.h>

#include "core/subscription/request_batcher.h"
#include "manager/delivery_queue.h"
#include "manager/hook_guard.h"

namespace wsm {

/// Calls the handler's hooks, and lets nothing that they throw get any further: it is counted, and
/// told to the I/O thread, which logs it.
///
/// A hook that throws at every message must not bury the log: while one report of it is on its way,
/// further ones only count.
///
/// Threads: any.
class HandlerCaller {
 public:
  /// `report` posts to the I/O thread; it may be called from any thread.
  using Report = std::function<void(event::HandlerThrew)>;

  HandlerCaller(std::shared_ptr<detail::HandlerPort> handler, Report report)
      : handler_(std::move(handler)), report_(std::move(report)) {}

  void on_message(const Message& message, const ConnectionState& state);
  void on_notice(const Notice& notice);
  [[nodiscard]] bool is_data(const Message& message);
  [[nodiscard]] Result<std::optional<OutgoingMessage>> render(RequestKind kind,
                                                              std::span<const SubscriptionId> ids);
  [[nodiscard]] Result<std::string, DisconnectReason> url(const ConnectionState& state);
  [[nodiscard]] Result<std::vector<Header>, DisconnectReason> headers(const ConnectionState& state);
  [[nodiscard]] Result<std::vector<std::string>, DisconnectReason> subprotocols(
      const ConnectionState& state);
  [[nodiscard]] Result<std::vector<OutgoingMessage>, DisconnectReason> on_connect(
      const ConnectionState& state);
  [[nodiscard]] ErrorAnswer on_error(const ConnectionState& state, const DisconnectReason& reason);
  void forget(SubscriptionId id) { handler_->forget(id); }

  /// The report has been taken in: the next exception is told again.
  void report_taken() { is_report_under_way_.store(false, std::memory_order_release); }
  [[nodiscard]] std::uint64_t exceptions() const {
    return exceptions_.load(std::memory_order_relaxed);
  }

  /// Is the calling thread inside a hook of any manager?
  [[nodiscard]] static bool is_inside_hook();

 private:
  template <class Hook>
  auto call(std::string_view name, Hook&& hook);
  template <class Hook>
  auto call_to_connect(std::string_view name, Hook&& hook);
  void report_exception(std::string_view hook, std::string what);

  std::shared_ptr<detail::HandlerPort> handler_;
  Report report_;
  std::atomic<std::uint64_t> exceptions_{0};
  std::atomic<std::uint64_t> unreported_{0};
  std::atomic<bool> is_report_under_way_{false};
};

}  // namespace wsm
