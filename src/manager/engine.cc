// The life of an engine, and its boundary between threads.

#include <chrono>
#include <future>
#include <utility>

#include "io/steady_clock.h"
#include "io/tls_context.h"
#include "manager/engine_impl.h"

namespace wsm {
namespace {

/// Hooks that may block at the same time; more of them wait, within their connect_timeout.
constexpr std::size_t kHookThreadsMax = 8;
constexpr std::size_t kNameThreadsMax = 4;

/// How long the destructor waits for what stop() would have ended.
constexpr Duration kShutDownDeadline = std::chrono::seconds{5};

}  // namespace

std::shared_ptr<detail::Engine> detail::Engine::create(const ShardManagerConfig& config,
                                                       std::shared_ptr<HandlerPort> handler,
                                                       std::shared_ptr<Logger> logger) {
  auto engine = std::make_shared<EngineImpl>(config, std::move(handler), std::move(logger));
  engine->launch();
  return engine;
}

EngineImpl::EngineImpl(const ShardManagerConfig& config,
                       std::shared_ptr<detail::HandlerPort> handler, std::shared_ptr<Logger> logger)
    : tls_context_(io::TlsContext::create(config.connection().tls)),
      poster_(loop_.poster()),
      caller_(std::make_shared<HandlerCaller>(
          std::move(handler),
          // Runs on threads that may outlive this engine; a task runs only on its living loop.
          [this, poster = poster_](std::string_view hook) {
            poster.post([this, hook] {
              driver_.run_turn([this, hook](Supervisor&, TimePoint) {
                handle_event(caller_->take_report(hook));
              });
            });
          })),
      log_(std::move(logger)),
      rng_(random_seed(entropy_)),
      supervisor_(config, rng_, entropy_),
      delivery_(config, caller_, [this, poster = poster_] { poster.post([this] { resume(); }); }),
      names_(kNameThreadsMax),
      hooks_(kHookThreadsMax),
      driver_(loop_, names_, supervisor_, *this,
              {.tls = tls_context_ ? *tls_context_ : nullptr,
               .tls_server_name = config.connection().tls.server_name,
               .connect_timeout = config.connection().connect_timeout}) {}

void EngineImpl::launch() {
  thread_ = std::thread{[self = shared_from_this()] {
    self->loop_.run();
    const std::lock_guard lock{self->mutex_};
    self->last_metrics_ = self->measure();
    self->is_loop_over_ = true;
    self->changed_.notify_all();
  }};
}

void EngineImpl::run(const std::function<void(detail::Commands&)>& job) {
  visit([&](Supervisor&, TimePoint) { job(*this); });
}

bool EngineImpl::visit(const Tell& tell) const {
  if (loop_.is_current()) {
    driver_.run_turn(tell);
    return true;
  }
  {
    const std::unique_lock lock{mutex_};
    if (is_loop_over_) {  // Nobody else is there any more.
      tell(supervisor_, io::now());
      return true;
    }
  }
  std::promise<void> done;
  auto end = done.get_future();
  // A promise that is destroyed with a dropped task wakes the waiter as well.
  poster_.post([this, &tell, promise = std::make_shared<std::promise<void>>(std::move(done))] {
    driver_.run_turn([&](Supervisor& supervisor, TimePoint now) {
      tell(supervisor, now);
      promise->set_value();
    });
  });
  try {
    end.get();
    return true;
  } catch (const std::future_error&) {
    return false;
  }
}

void EngineImpl::post(Tell tell) const {
  poster_.post([self = weak_from_this(), tell = std::move(tell)] {
    if (const auto engine = self.lock()) engine->driver_.run_turn(tell);
  });
}

/// The handler has caught up: reading goes on.
void EngineImpl::resume() {
  driver_.run_turn([this](Supervisor& supervisor, TimePoint now) {
    if (!driver_.is_paused() || !delivery_.has_room()) return;
    driver_.resume();
    supervisor.resume_receiving(now);
    handle_event(event::DeliveryResumed{});
  });
}

Result<void> EngineImpl::stop(Duration deadline) {
  const auto until = Clock::now() + deadline;
  visit([&](Supervisor& supervisor, TimePoint now) { supervisor.stop(now + deadline, now); });
  if (HandlerCaller::is_inside_hook() || loop_.is_current()) return {};
  {
    std::unique_lock lock{mutex_};
    // The supervisor stops by its deadline; the loop may be late to tell, or stuck in a hook.
    if (!changed_.wait_until(lock, until + std::chrono::milliseconds{100},
                             [this] { return is_stopped_ || is_loop_over_; })) {
      return Failure{Error{Errc::kTimeout, "the I/O thread is busy in a hook"}};
    }
  }
  const bool is_delivered = delivery_.wait_until_finished(until);
  const bool is_pool_over = hooks_.shut_down(std::max(Duration::zero(), until - Clock::now()));
  if (!is_delivered) return Failure{Error{Errc::kTimeout, "on_message has not finished"}};
  if (!is_pool_over) return Failure{Error{Errc::kTimeout, "a hook has not returned"}};
  return {};
}

void EngineImpl::shut_down() {
  (void)stop(kShutDownDeadline);
  loop_.stop();
  std::unique_lock lock{mutex_};
  const bool is_over =
      changed_.wait_for(lock, std::chrono::seconds{1}, [this] { return is_loop_over_; });
  lock.unlock();
  if (!thread_.joinable()) return;
  if (is_over) {
    thread_.join();
  } else {
    thread_.detach();  // Stuck in a hook on the I/O thread; it ends when that returns.
  }
}

bool EngineImpl::is_running() const { return is_running_.load(std::memory_order_acquire); }

Result<void> EngineImpl::wait_until_live(Duration timeout) {
  const auto until = Clock::now() + timeout;
  auto waiter = std::make_shared<LiveWaiter>();
  const bool may_wait = !HandlerCaller::is_inside_hook();
  visit([&](Supervisor& supervisor, TimePoint) {
    if (supervisor.is_live()) {
      waiter->result.emplace();
    } else if (supervisor.status() != SupervisorStatus::kRunning) {
      const bool is_ready = supervisor.status() == SupervisorStatus::kReady;
      waiter->result.emplace(Failure{Error{is_ready ? Errc::kNotRunning : Errc::kStopped, {}}});
    } else if (may_wait) {
      live_waiters_.push_back(waiter);
    }
  });
  std::unique_lock lock{waiter->mutex};
  const bool is_told = waiter->changed.wait_until(lock, may_wait ? until : Clock::now(),
                                                  [&] { return waiter->result.has_value(); });
  if (!is_told) return Failure{Error{Errc::kTimeout, "not everything is live yet"}};
  return *waiter->result;
}

void EngineImpl::resolve_live_waiters() {
  if (live_waiters_.empty()) return;
  const bool is_over = supervisor_.status() != SupervisorStatus::kRunning;
  if (!is_over && !supervisor_.is_live()) return;
  for (const auto& waiter : std::exchange(live_waiters_, {})) {
    const std::lock_guard lock{waiter->mutex};
    waiter->result.emplace(is_over ? Result<void>{Failure{Error{Errc::kStopped, {}}}}
                                   : Result<void>{});
    waiter->changed.notify_all();
  }
}

MetricsSnapshot EngineImpl::metrics() const {
  {
    const std::lock_guard lock{mutex_};
    if (last_metrics_) return *last_metrics_;
  }
  MetricsSnapshot snapshot;
  visit([&](Supervisor&, TimePoint) { snapshot = measure(); });
  return snapshot;
}

MetricsSnapshot EngineImpl::measure() const {
  MetricsSnapshot snapshot = supervisor_.metrics(io::now());
  snapshot.counters.handler_exceptions = caller_->exceptions();
  snapshot.queue_depth = delivery_.depth();
  return snapshot;
}

Result<void> EngineImpl::send(ShardId shard, Generation generation, OutgoingMessage message) {
  std::optional<Result<void>> sent;
  const bool is_alive = visit([&](Supervisor& supervisor, TimePoint) {
    sent.emplace(supervisor.send(ConnectionId{shard, generation}, message));
  });
  if (is_alive) return *sent;
  return Failure{Error{Errc::kStopped, "the manager is gone"}};
}

std::uint64_t EngineImpl::random_seed(EntropySource& entropy) {
  return (std::uint64_t{entropy.mask_key()} << 32U) | entropy.mask_key();
}

}  // namespace wsm
