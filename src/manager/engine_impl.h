#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include <wsm/connection_state.h>
#include <wsm/detail/engine.h>

#include "base/rng.h"
#include "core/supervisor/supervisor.h"
#include "io/blocking_pool.h"
#include "io/driver.h"
#include "io/event_loop.h"
#include "io/system_entropy.h"
#include "manager/connect_shares.h"
#include "manager/delivery.h"
#include "manager/delivery_watch.h"
#include "manager/event_log.h"
#include "manager/handler_caller.h"

namespace wsm {

/// A manager: the supervisor on its I/O thread, the handler on the other side of the boundary.
///
/// Commands are visits to the I/O thread (run); messages and events leave it through Delivery;
/// hooks that may block run on a pool and come back as visits. Slots for connects are shared with
/// other managers. Nothing else crosses, and nothing here is locked but the end of the engine's
/// life.
///
/// What a turn throws ends it: the manager breaks down (engine_breakdown.cc).
///
/// Lifetime: shared by the ShardManager, its Metrics, and its own threads, so that a hook that
/// never returns cannot leave anybody with a dangling reference.
class EngineImpl final : public detail::Engine,
                         public detail::SendPort,
                         private detail::Commands,
                         private io::DriverHost,
                         public std::enable_shared_from_this<EngineImpl> {
 public:
  EngineImpl(const ShardManagerConfig& config, std::shared_ptr<detail::HandlerPort> handler,
             std::shared_ptr<Logger> logger);
  /// Starts the I/O thread; once, when the engine has its shared_ptr.
  void launch();

  // detail::Engine: any thread.
  void run(const std::function<void(detail::Commands&)>& job) override;
  Result<void> call_hook(std::string_view name, const std::function<void()>& hook) override;
  Result<void> stop(Duration deadline) override;
  Result<void> wait_until_live(Duration timeout) override;
  [[nodiscard]] bool is_running() const override;
  [[nodiscard]] MetricsSnapshot metrics() const override;
  void shut_down() override;

  // detail::SendPort: any thread.
  Result<void> send(ShardId shard, Generation generation, OutgoingMessage message) override;

 private:
  using Clock = std::chrono::steady_clock;
  using Tell = std::function<void(Supervisor&, TimePoint)>;

  // detail::Commands: the I/O thread, inside a turn.
  [[nodiscard]] Result<void> check_start() override;
  Result<void> start(std::span<const SubscriptionId> initial, std::size_t capacity) override;
  std::vector<SubscribeResult> subscribe(std::span<const SubscriptionId> ids) override;
  UnsubscribeResult unsubscribe(SubscriptionId id) override;
  Result<void> reconnect_shard(ShardId shard) override;
  Result<void> hot_switchover(ShardId shard) override;
  Result<std::size_t> rebalance() override;
  Result<void> send(ShardId shard, OutgoingMessage message) override;
  [[nodiscard]] bool is_serving() const override;
  [[nodiscard]] Result<std::vector<SubscriptionId>> shard_subscriptions(
      ShardId shard) const override;
  [[nodiscard]] std::optional<SubscriptionState> subscription_state(
      SubscriptionId id) const override;

  // io::DriverHost: the I/O thread, inside a turn.
  void prepare(const action::Prepare& wanted) override;
  void greet(ConnectionId connection) override;
  void ask_about_error(ConnectionId connection, const DisconnectReason& reason) override;
  Result<std::optional<OutgoingMessage>> render(const RequestBatcher::Batch& batch) override;
  Inspected inspect(const Message& message) override;
  void deliver(ConnectionId connection, const Message& message,
               std::optional<SubscriptionId> subscription) override;
  void tell_disconnect(ConnectionId connection, const DisconnectReason& reason) override;
  void forget_connection(ConnectionId connection) override;
  void forget_subscription(SubscriptionId id) override;
  void handle_event(EventKind event) override;
  void end_turn() override;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

  struct Told;
  struct LiveWaiter;
  /// Runs `tell` as a turn on the I/O thread and waits for it. False, and not run, when the loop is
  /// over.
  bool visit(const Tell& tell) const;
  /// The same without waiting.
  void post(Tell tell) const;
  /// At once on the I/O thread, which a hook of it stands for; posted from anywhere else. Not at
  /// all when the loop is over.
  void tell_soon(Tell tell) const;
  /// A turn on the I/O thread, or a part of the one that is running.
  void take_turn(const Tell& tell) const;
  /// Runs a command in the core: if it throws, that is no matter of the caller alone.
  template <class Command>
  auto in_core(Command command);
  /// The I/O thread's whole life.
  void live() noexcept;
  void keep_metrics() noexcept;
  void end_loop() noexcept;
  void break_down(const std::exception_ptr& failure) noexcept;
  void rethrow_failure() const;
  [[nodiscard]] bool is_broken() const;
  void run_without_loop(const std::function<void(detail::Commands&)>& job);
  /// Runs `job` where it may block, then `answer` with what it gave as a turn.
  template <class Job, class Answer>
  void ask_handler(Job job, Answer answer);
  Result<void> logged(std::string_view command, Result<void> result) const;
  void log_refused(const std::vector<SubscribeResult>& results) const noexcept;
  [[nodiscard]] ConnectionStatePtr state_of(ConnectionId connection) const;
  [[nodiscard]] ConnectionStatePtr state_to_deliver(ConnectionId connection);
  [[nodiscard]] ConnectionState first_state_of(ConnectionId connection);
  void report(std::string_view hook);
  void report_rest();
  void report_what_is_left(bool is_loop_free) noexcept;
  void resume();
  void look_again();
  [[nodiscard]] static std::optional<Result<void>> liveness(const Supervisor& supervisor);
  void keep(std::shared_ptr<LiveWaiter> waiter);
  void resolve_live_waiters();
  void watch_delivery(TimePoint now);
  void tell_watched();
  void tell_dropped(Duration since);
  void tell_handler(Notice notice);
  void tell_omitted();
  void begin_stopping(TimePoint deadline);
  void finish_stopping(TimePoint now);
  /// What has not ended by `until`; empty when everything has.
  [[nodiscard]] std::string_view wait_for_end(Clock::time_point until);
  [[nodiscard]] std::shared_ptr<void> begin_hook();
  [[nodiscard]] MetricsSnapshot measure(TimePoint now) const;
  [[nodiscard]] MetricsSnapshot measure_delivery(MetricsSnapshot snapshot) const;
  [[nodiscard]] static std::uint64_t random_seed(EntropySource& entropy);

  /// Somebody who waits for everything to be live. Guarded by mutex_, announced by changed_.
  struct LiveWaiter {
    bool is_known = false;  // To the I/O thread.
    std::optional<Result<void>> result;
  };

  /// Hooks that were given to the pool and have not ended. Shared with them: one that hangs may
  /// outlive the engine.
  struct HooksUnderWay {
    std::mutex mutex;
    std::condition_variable none_left;
    std::size_t count = 0;
  };

  // check_start() tells their errors.
  const Result<std::shared_ptr<const io::TlsContext>> tls_context_;
  const Result<std::shared_ptr<const io::TlsContext>> proxy_tls_context_;

  // The I/O thread's, and before launch() the constructor's.
  mutable io::EventLoop loop_;
  io::LoopPoster poster_;
  std::shared_ptr<HandlerCaller> caller_;
  EventLog log_;
  io::SystemEntropy entropy_;
  SeededRng rng_;
  ConnectShares connects_;
  mutable Supervisor supervisor_;
  /// Those that are not over.
  struct Known {
    ConnectionStatePtr state;
    std::shared_ptr<const char> presence = std::make_shared<const char>();
  };
  std::map<ConnectionId, Known> states_;
  std::pair<ConnectionId, ConnectionStatePtr> last_state_;  // Of the message before.
  TimePoint now_{};  // Of the turn in which a command runs: no time passes within a turn.
  std::vector<std::shared_ptr<LiveWaiter>> live_waiters_;
  std::optional<TimePoint> stop_deadline_;  // Of a stop() that did not end everything at once.
  std::uint64_t drop_gaps_ = 0;             // Told of subscriptions whose messages were dropped.
  event::NoticesOmitted omitted_{};         // Not told yet.
  std::optional<Event> last_event_;         // Told at the end of the turn that brought it.
  bool is_over_ = false;                    // last_event_ has been told: nothing more is.
  mutable std::exception_ptr failure_;      // The core is in no state to be told anything more.
  Delivery delivery_;
  DeliveryWatch watch_;
  io::BlockingPool names_;
  io::BlockingPool hooks_;
  const std::shared_ptr<HooksUnderWay> hooks_under_way_ = std::make_shared<HooksUnderWay>();
  mutable io::Driver driver_;
  std::thread thread_;

  // The end of life.
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::atomic<bool> is_running_{false};
  bool is_stopped_ = false;  // The supervisor has stopped and delivery is closed.
  bool is_cut_off_ = false;  // It stopped only because the deadline of stop() had passed.
  bool is_loop_over_ = false;
  bool is_broken_ = false;                       // Before it had stopped.
  std::optional<MetricsSnapshot> last_metrics_;  // Once the loop is over, unless it has broken.
  std::mutex last_commands_;                     // One at a time, when the loop is over.
};

}  // namespace wsm
