#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/detail/handler_port.h>

#include "core/subscription/inspected.h"
#include "core/subscription/request_batcher.h"
#include "manager/delivery_queue.h"
#include "manager/hook_guard.h"

namespace wsm {

/// Calls the handler's hooks, and lets nothing that they throw get any further: it is counted, and
/// told to the I/O thread, which logs it.
///
/// A hook that throws at every message must not bury the log: it is reported at once, and then once
/// in kReportInterval, with the number of what it threw meanwhile. Each hook has reports of its
/// own, so that a busy one does not hide what another throws.
///
/// Threads: any.
class HandlerCaller {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kReportInterval{1};

  /// Sees to it that take_report(hook) is asked on the I/O thread at `due`, which may be over.
  /// Called from any thread; the name is valid for ever.
  using Announce = std::function<void(std::string_view hook, Clock::time_point due)>;

  HandlerCaller(std::shared_ptr<detail::HandlerPort> handler, Announce announce)
      : handler_(std::move(handler)), announce_(std::move(announce)) {}

  void on_message(const Message& message, const ConnectionState& state);
  void on_notice(const Notice& notice);
  /// What the message is; kOther when neither hook said.
  [[nodiscard]] Inspected inspect(const Message& message);
  [[nodiscard]] Result<std::optional<OutgoingMessage>> render(RequestKind kind,
                                                              std::span<const SubscriptionId> ids);
  /// What urls() says, or else url(): at least one.
  [[nodiscard]] Result<std::vector<std::string>, DisconnectReason> urls(
      const ConnectionState& state);
  [[nodiscard]] Result<std::vector<Header>, DisconnectReason> headers(const ConnectionState& state);
  [[nodiscard]] Result<std::vector<std::string>, DisconnectReason> subprotocols(
      const ConnectionState& state);
  [[nodiscard]] Result<std::vector<OutgoingMessage>, DisconnectReason> on_connect(
      const ConnectionState& state);
  [[nodiscard]] ErrorAnswer on_error(const ConnectionState& state, const DisconnectReason& reason);
  /// `hook` is a hook of start(), which only knows the application's types.
  [[nodiscard]] Result<void> call_to_start(std::string_view name,
                                           const std::function<void()>& hook);
  /// Empty when the hook threw.
  [[nodiscard]] std::string subscription_name(SubscriptionId id);
  void forget(SubscriptionId id) { handler_->forget(id); }

  /// What `hook` threw since its last report: to be asked once for each announcement. None when
  /// take_rest() came first.
  [[nodiscard]] std::optional<event::HandlerThrew> take_report(std::string_view hook);
  /// What is announced and not yet due, for who cannot wait.
  [[nodiscard]] std::vector<event::HandlerThrew> take_rest();

  /// No hook begins from now on, and nothing is reported; the answers are those of a hook that
  /// threw.
  void retire() { is_retired_.store(true, std::memory_order_release); }

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
  void note_exception(std::string_view hook, const std::string& what) noexcept;
  [[nodiscard]] std::optional<Clock::time_point> keep(std::string_view hook,
                                                      const std::string& what);

  /// What a hook threw since its last report.
  struct Thrown {
    std::string last;
    std::uint64_t count = 0;
    Clock::time_point next_report{};  // Not before.
  };
  [[nodiscard]] static std::optional<event::HandlerThrew> take(std::string_view hook,
                                                               Thrown& thrown);

  std::shared_ptr<detail::HandlerPort> handler_;
  Announce announce_;
  std::atomic<std::uint64_t> exceptions_{0};
  std::atomic<bool> is_retired_{false};
  std::mutex mutex_;                           // Guards thrown_.
  std::map<std::string_view, Thrown> thrown_;  // By hook; the names are literals.
};

}  // namespace wsm
