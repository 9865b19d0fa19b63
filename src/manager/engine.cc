// The life of an engine, and its boundary between threads.

#include <algorithm>
#include <chrono>
#include <utility>

#include "io/steady_clock.h"
#include "io/tls_context.h"
#include "manager/engine_impl.h"
#include "manager/reminders.h"
#include "wire/proxy_url.h"

namespace wsm {
namespace {

/// Hooks that may block at the same time; more of them wait, within their connect_timeout.
constexpr std::size_t kHookThreadsMax = 8;
constexpr std::size_t kNameThreadsMax = 4;

/// How long the destructor waits for what stop() would have ended.
constexpr Duration kShutDownDeadline = std::chrono::seconds{5};

/// What a deadline itself sets off may still take this long, such as telling on_disconnect of the
/// connections that were cut off at it.
constexpr Duration kGrace = std::chrono::milliseconds{100};

/// Who waits "for ever" must not make a clock overflow; less than no time is none.
Duration bounded(Duration patience) {
  return std::clamp<Duration>(patience, Duration::zero(), std::chrono::hours{24 * 365});
}

/// Of addresses that the configuration has checked.
std::vector<io::Endpoint> source_endpoints(const std::vector<std::string>& addresses) {
  std::vector<io::Endpoint> endpoints;
  for (const std::string& address : addresses) {
    endpoints.push_back(io::Endpoint::parse(address, 0).value());
  }
  return endpoints;
}

/// The same.
std::vector<ProxyUrl> proxy_urls(const std::vector<std::string>& urls) {
  std::vector<ProxyUrl> proxies;
  for (const std::string& url : urls) proxies.push_back(parse_proxy_url(url).value());
  return proxies;
}

bool is_spoken_to_over_tls(const std::string& proxy) {
  return parse_proxy_url(proxy).value().kind == ProxyKind::kHttps;
}

/// For https:// proxies; null where there are none. They are trusted as a server is; who we are,
/// and which keys we expect, is between us and the server.
Result<std::shared_ptr<const io::TlsContext>> proxy_tls(const ConnectionOptions& connection) {
  if (std::ranges::none_of(connection.proxies, is_spoken_to_over_tls)) {
    return std::shared_ptr<const io::TlsContext>{};
  }
  TlsOptions options = connection.tls;
  options.certificate_file.clear();
  options.key_file.clear();
  options.pins.clear();
  return io::TlsContext::create(options);
}

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
      proxy_tls_context_(proxy_tls(config.connection())),
      poster_(loop_.poster()),
      caller_(std::make_shared<HandlerCaller>(
          std::move(handler),
          // Runs on threads that may outlive this engine; a task runs only on its living loop.
          [this, poster = poster_, reminders = std::make_shared<Reminders>()](
              std::string_view hook, Clock::time_point due) {
            const auto post = [this, poster, hook] {
              poster.run_or_fail([&] { poster.post([this, hook] { report(hook); }); });
            };
            if (due <= Clock::now()) return post();
            poster.run_or_fail([&] { reminders->add(due, post); });
          })),
      log_(std::move(logger)),
      rng_(random_seed(entropy_)),
      connects_(config,
                [this, poster = poster_] {
                  poster.run_or_fail([&] { poster.post([this] { look_again(); }); });
                }),
      supervisor_(config, rng_, entropy_, connects_.slots()),
      delivery_(config, caller_,
                [this, poster = poster_] {
                  poster.run_or_fail([&] { poster.post([this] { resume(); }); });
                }),
      names_(kNameThreadsMax),
      hooks_(kHookThreadsMax),
      driver_(loop_, names_, supervisor_, *this,
              {.tls = tls_context_ ? *tls_context_ : nullptr,
               .tls_server_name = config.connection().tls.server_name,
               .connect_timeout = config.connection().connect_timeout,
               .reserve_bytes_max = config.delivery().reserve_bytes_max,
               .connects_are_counted =
                   !connects_.is_empty() || config.limits().max_connections.has_value(),
               .sources = source_endpoints(config.connection().source_ips),
               .proxies = proxy_urls(config.connection().proxies),
               .proxy_tls = proxy_tls_context_ ? *proxy_tls_context_ : nullptr}) {}

void EngineImpl::launch() {
  thread_ = std::thread{[self = shared_from_this()] { self->live(); }};
}

void EngineImpl::run(const std::function<void(detail::Commands&)>& job) {
  const bool is_run = visit([&](Supervisor&, TimePoint now) {
    now_ = now;
    job(*this);
    rethrow_failure();
  });
  if (!is_run) run_without_loop(job);
}

Result<void> EngineImpl::call_hook(std::string_view name, const std::function<void()>& hook) {
  return caller_->call_to_start(name, hook);
}

/// Says so whichever way it ends.
struct EngineImpl::Told {
  Told(const EngineImpl& its_engine, bool& to_be_set) : engine(its_engine), is_told(to_be_set) {}
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;
  ~Told() {
    const std::lock_guard lock{engine.mutex_};
    is_told = true;
    engine.changed_.notify_all();
  }

  const EngineImpl& engine;
  bool& is_told;  // Guarded by its mutex_.
};

bool EngineImpl::visit(const Tell& tell) const {
  if (loop_.is_current()) {
    if (failure_) return false;
    take_turn(tell);
    return true;
  }
  {
    const std::lock_guard lock{mutex_};
    // What is posted to a loop that is over stays in it for as long as somebody keeps the engine.
    if (is_loop_over_) return false;
  }
  bool is_told = false;  // Guarded by mutex_.
  poster_.post([this, &tell, &is_told] {
    take_turn([&](Supervisor& supervisor, TimePoint now) {
      const Told told{*this, is_told};
      tell(supervisor, now);
    });
  });
  // A loop that is over does not run what was posted too late.
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return is_told || is_loop_over_; });
  return is_told;
}

void EngineImpl::post(Tell tell) const {
  poster_.post([self = weak_from_this(), tell = std::move(tell)] {
    if (const auto engine = self.lock()) engine->take_turn(tell);
  });
}

void EngineImpl::tell_soon(Tell tell) const {
  if (loop_.is_current()) {
    if (!failure_) take_turn(tell);
    return;
  }
  {
    const std::lock_guard lock{mutex_};
    if (is_loop_over_) return;
  }
  post(std::move(tell));
}

void EngineImpl::report(std::string_view hook) {
  driver_.run_turn([this, hook](Supervisor&, TimePoint) {
    if (auto thrown = caller_->take_report(hook)) handle_event(*std::move(thrown));
  });
}

void EngineImpl::report_rest() {
  for (auto& thrown : caller_->take_rest()) handle_event(std::move(thrown));
}

/// The handler has caught up: reading goes on, and what was left out is told at the end of the
/// turn. If more has come meanwhile than the queue can take, the end of this turn pauses again.
void EngineImpl::resume() {
  driver_.run_turn([this](Supervisor&, TimePoint) {
    if (!driver_.is_paused()) return;
    driver_.resume();
    handle_event(event::DeliveryResumed{});
  });
}

/// Another manager has left slots for connects.
void EngineImpl::look_again() {
  driver_.run_turn([](Supervisor& supervisor, TimePoint now) { supervisor.handle_timeout(now); });
}

Result<void> EngineImpl::stop(Duration deadline) {
  const Duration patience = bounded(deadline);
  const auto until = Clock::now() + patience;
  begin_stopping(io::now() + patience);
  if (HandlerCaller::is_inside_hook() || loop_.is_current()) return {};
  const std::string_view late = wait_for_end(until + kGrace);
  caller_->retire();
  report_what_is_left(late.empty());
  if (late.empty()) return {};
  connects_.leave();  // What it has reserved, others of the venue wait for.
  return Failure{Error{Errc::kTimeout, std::string{late}}};
}

/// What hooks threw; with nobody to tell, and no memory, it is let go.
void EngineImpl::report_what_is_left(bool is_loop_free) noexcept {
  try {
    const Tell rest = [this](Supervisor&, TimePoint) { report_rest(); };
    is_loop_free ? static_cast<void>(visit(rest)) : post(rest);
  } catch (...) {
    return;
  }
}

/// Does not wait for the I/O thread, which may be stuck in a hook.
void EngineImpl::begin_stopping(TimePoint deadline) {
  tell_soon([this, deadline](Supervisor& supervisor, TimePoint now) {
    supervisor.stop(deadline, now);
    if (supervisor.status() == SupervisorStatus::kStopping) {
      stop_deadline_ = earliest(stop_deadline_, deadline);
    }
  });
}

std::string_view EngineImpl::wait_for_end(Clock::time_point until) {
  bool is_cut_off = false;
  {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_until(lock, until, [this] { return is_stopped_ || is_loop_over_; })) {
      return "the I/O thread is busy in a hook";
    }
    is_cut_off = is_cut_off_;
  }
  if (!delivery_.wait_until_finished(until)) return "on_message has not finished";
  {
    std::unique_lock lock{hooks_under_way_->mutex};
    const bool are_over = hooks_under_way_->none_left.wait_until(
        lock, until, [this] { return hooks_under_way_->count == 0; });
    if (!are_over) return "a hook has not returned";
  }
  return is_cut_off ? "a server has not answered the closing handshake" : "";
}

void EngineImpl::shut_down() {
  try {
    (void)stop(kShutDownDeadline);
  } catch (...) {  // It could not even be told to.
    poster_.fail(std::current_exception());
    (void)wait_for_end(Clock::now() + kShutDownDeadline);
  }
  caller_->retire();
  (void)hooks_.shut_down(kGrace);  // The threads; their hooks are over, or hang.
  loop_.stop();
  connects_.leave();  // A thread that is stuck must not keep what others wait for.
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

/// Waits for the waiter alone, since the I/O thread may be stuck in a hook.
Result<void> EngineImpl::wait_until_live(Duration timeout) {
  const auto until = Clock::now() + bounded(timeout);
  const bool may_wait = !HandlerCaller::is_inside_hook();
  auto waiter = std::make_shared<LiveWaiter>();
  tell_soon([this, waiter, may_wait](Supervisor& supervisor, TimePoint) {
    if (may_wait) keep(waiter);  // Before it is told anything: there may be no memory to keep it.
    const std::lock_guard lock{mutex_};
    waiter->result = liveness(supervisor);
    waiter->is_known = true;
    changed_.notify_all();
  });
  std::unique_lock lock{mutex_};
  // Also who has no time to wait gets to know how things are, unless the I/O thread is busy.
  (void)changed_.wait_until(lock, until + kGrace,
                            [&] { return waiter->is_known || is_loop_over_; });
  (void)changed_.wait_until(lock, may_wait ? until : Clock::now(),
                            [&] { return waiter->result || is_loop_over_; });
  if (waiter->result) return *waiter->result;
  const bool is_over = is_loop_over_;
  lock.unlock();
  if (is_broken()) return Failure{Error{Errc::kBrokenDown, {}}};
  if (is_over) return Failure{Error{Errc::kStopped, {}}};
  return Failure{Error{Errc::kTimeout, "not everything is live yet"}};
}

void EngineImpl::keep(std::shared_ptr<LiveWaiter> waiter) {
  std::erase_if(live_waiters_, [](const auto& other) { return other.use_count() == 1; });
  live_waiters_.push_back(std::move(waiter));
}

/// What there is to say to who waits for everything to be live; nothing yet while it may become so.
std::optional<Result<void>> EngineImpl::liveness(const Supervisor& supervisor) {
  switch (supervisor.status()) {
    case SupervisorStatus::kReady: return Failure{Error{Errc::kNotRunning, {}}};
    case SupervisorStatus::kRunning:
      if (supervisor.is_live()) return Result<void>{};
      return std::nullopt;
    case SupervisorStatus::kStopping:
    case SupervisorStatus::kStopped: return Failure{Error{Errc::kStopped, {}}};
  }
  return std::nullopt;
}

void EngineImpl::resolve_live_waiters() {
  if (live_waiters_.empty()) return;
  const auto result = liveness(supervisor_);
  if (!result) return;
  const std::lock_guard lock{mutex_};
  for (const auto& waiter : std::exchange(live_waiters_, {})) waiter->result = result;
  changed_.notify_all();
}

MetricsSnapshot EngineImpl::metrics() const {
  MetricsSnapshot snapshot;
  std::exception_ptr thrown;  // Nothing of the core: the caller's alone.
  const bool is_measured = visit([&](Supervisor&, TimePoint now) {
    try {
      snapshot = measure(now);
    } catch (...) {
      thrown = std::current_exception();
    }
  });
  if (thrown) std::rethrow_exception(thrown);
  if (is_measured) return snapshot;
  if (is_broken()) return measure_delivery({});
  const std::lock_guard lock{mutex_};
  return last_metrics_ ? *last_metrics_ : measure_delivery({});
}

MetricsSnapshot EngineImpl::measure(TimePoint now) const {
  return measure_delivery(supervisor_.metrics(now));
}

/// All that there is to say when the core cannot be asked.
MetricsSnapshot EngineImpl::measure_delivery(MetricsSnapshot snapshot) const {
  snapshot.counters.handler_exceptions = caller_->exceptions();
  snapshot.queue_depth = delivery_.depth();
  const auto timing = delivery_.timing();
  snapshot.queue_wait = timing.queue_wait;
  snapshot.handler_time = timing.handler_time;
  const DropTally& dropped = delivery_.dropped();
  snapshot.counters.messages_dropped += dropped.total();  // To what gap_recovery withholds.
  snapshot.counters.gaps += drop_gaps_;
  snapshot.counters.messages_conflated = dropped.conflated();
  for (ShardMetrics& shard : snapshot.shards) shard.messages_dropped = dropped.of(shard.shard_id);
  return snapshot;
}

std::uint64_t EngineImpl::random_seed(EntropySource& entropy) {
  return (std::uint64_t{entropy.mask_key()} << 32U) | entropy.mask_key();
}

}  // namespace wsm
