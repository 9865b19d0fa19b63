// What the driver asks and tells: the handler's side of every connection.

#include <utility>

#include "manager/engine_impl.h"
#include "manager/event_names.h"

namespace wsm {
namespace {

/// The answer of a hook that nobody waits for any more: where hooks are slow, those of attempts
/// that ran out of time must not stand before those that live.
DisconnectReason given_up() { return {.kind = DisconnectKind::kHookFailed, .detail = "too late"}; }

}  // namespace

template <class Job, class Answer>
void EngineImpl::ask_handler(Job job, Answer answer) {
  const bool is_accepted =
      hooks_.run([caller = caller_, self = weak_from_this(), turn = begin_hook(),
                  job = std::move(job), answer = std::move(answer)]() mutable {
        auto result = job(*caller);
        if (const auto engine = self.lock()) {
          engine->post([answer, result = std::move(result)](Supervisor& supervisor, TimePoint now) {
            answer(supervisor, result, now);
          });
        }
      });
  // Without a thread the question stays open; connect_timeout ends what waits for it.
  if (!is_accepted) log_.log(LogLevel::kError, "no thread to run a hook on");
}

/// Counts as a hook that is under way for as long as it lives.
std::shared_ptr<void> EngineImpl::begin_hook() {
  {
    const std::lock_guard lock{hooks_under_way_->mutex};
    ++hooks_under_way_->count;
  }
  return {nullptr, [hooks = hooks_under_way_](std::nullptr_t) {
            const std::lock_guard lock{hooks->mutex};
            if (--hooks->count == 0) hooks->none_left.notify_all();
          }};
}

void EngineImpl::prepare(const action::Prepare& wanted) {
  const ConnectionId id = wanted.connection;
  ConnectionState state = first_state_of(id);
  state.attempt = wanted.attempt;
  state.refresh_credentials = wanted.refresh_credentials;
  Known& entry = states_[id] = Known{std::make_shared<const ConnectionState>(state)};
  using Prepared = Result<Preparation, DisconnectReason>;
  ask_handler(
      [state, choice = wanted.choice,
       still = std::weak_ptr{entry.presence}](HandlerCaller& handler) mutable -> Prepared {
        if (still.expired()) return Failure{given_up()};
        auto urls = choice.directed.empty() ? handler.urls(state) : std::vector{choice.directed};
        if (!urls) return Failure{urls.error()};
        const std::size_t place = pick_url(choice, *urls);
        state.url = (*urls)[place];
        auto headers = handler.headers(state);
        if (!headers) return Failure{headers.error()};
        auto subprotocols = handler.subprotocols(state);
        if (!subprotocols) return Failure{subprotocols.error()};
        return Preparation{state.url, *std::move(headers), *std::move(subprotocols),
                           *std::move(urls), place};
      },
      [this, id, state](Supervisor& supervisor, const Prepared& prepared, TimePoint now) {
        const auto known = states_.find(id);
        if (known != states_.end() && prepared) {
          auto with_url = std::make_shared<ConnectionState>(state);
          with_url->url = prepared->url;
          known->second.state = std::move(with_url);
        }
        supervisor.handle_prepared(id, prepared, now);
      });
}

void EngineImpl::greet(ConnectionId id) {
  using Greeting = Result<std::vector<OutgoingMessage>, DisconnectReason>;
  ask_handler(
      [still = std::weak_ptr{states_.at(id).presence},
       state = state_of(id)](HandlerCaller& handler) -> Greeting {
        if (still.expired()) return Failure{given_up()};
        return handler.on_connect(*state);
      },
      [id](Supervisor& supervisor, const Greeting& greeting, TimePoint now) {
        supervisor.handle_greeted(id, greeting, now);
      });
}

void EngineImpl::ask_about_error(ConnectionId id, const DisconnectReason& reason) {
  ask_handler([state = state_of(id),
               reason](HandlerCaller& handler) { return handler.on_error(*state, reason); },
              [id](Supervisor& supervisor, ErrorAnswer answer, TimePoint now) {
                supervisor.handle_error_answer(id, answer, now);
              });
}

Result<std::optional<OutgoingMessage>> EngineImpl::render(const RequestBatcher::Batch& batch) {
  auto rendered = caller_->render(batch.kind, batch.ids);
  rethrow_failure();
  return rendered;
}

Inspected EngineImpl::inspect(const Message& message) {
  auto inspected = caller_->inspect(message);
  rethrow_failure();
  return inspected;
}

void EngineImpl::deliver(ConnectionId id, const Message& message,
                         std::optional<SubscriptionId> subscription) {
  if (last_state_.first != id || !last_state_.second) last_state_ = {id, state_to_deliver(id)};
  delivery_.message(last_state_.second, message, {subscription});
  rethrow_failure();
}

void EngineImpl::tell_disconnect(ConnectionId id, const DisconnectReason& reason) {
  tell_handler(DisconnectNotice{state_of(id), reason});
}

void EngineImpl::forget_connection(ConnectionId id) {
  states_.erase(id);
  if (last_state_.first == id) last_state_ = {};
}

void EngineImpl::forget_subscription(SubscriptionId id) {
  caller_->forget(id);
  delivery_.forget(id);
}

void EngineImpl::handle_event(EventKind event) {
  fill_names(event, [this](SubscriptionId id) { return caller_->subscription_name(id); });
  rethrow_failure();
  log_.log(event);
  // What on_event itself threw is only logged, or it would go round for ever.
  const auto* thrown = std::get_if<event::HandlerThrew>(&event);
  if (is_over_ || (thrown && thrown->hook == "on_event")) return;
  const bool is_end = std::holds_alternative<event::Stopped>(event);
  Event told{std::chrono::system_clock::now(), std::move(event)};
  if (is_end) {
    last_event_ = std::move(told);
  } else {
    tell_handler(std::move(told));
  }
}

/// Behind a handler that does not return only so much may wait; the rest is counted, and told of in
/// its place.
void EngineImpl::tell_handler(Notice notice) {
  if (!delivery_.takes_notices()) {
    ++(std::holds_alternative<Event>(notice) ? omitted_.events : omitted_.disconnects);
    return;
  }
  tell_omitted();
  delivery_.notice(std::move(notice));
  rethrow_failure();
}

void EngineImpl::tell_omitted() {
  if (omitted_.events == 0 && omitted_.disconnects == 0) return;
  const EventKind told = std::exchange(omitted_, {});
  log_.log(told);
  delivery_.notice(Event{std::chrono::system_clock::now(), told});
}

void EngineImpl::end_turn() {
  // Still inside the turn, so that this is told at once, with the time of the turn.
  driver_.run_turn([this](Supervisor&, TimePoint now) {
    resolve_live_waiters();
    if (!driver_.is_paused() && delivery_.is_full()) {
      driver_.pause();
      handle_event(event::DeliveryPaused{});
    }
    delivery_.flush(now);
    watch_delivery(now);
    if (last_event_ && !is_over_) finish_stopping(now);
    rethrow_failure();
  });
}

/// What there is to say of the queue, behind what this turn brought.
void EngineImpl::watch_delivery(TimePoint now) {
  const std::size_t depth = delivery_.depth();
  const DropTally& dropped = delivery_.dropped();
  watch_.handle_turn(dropped.total() - dropped.conflated(), depth, now);
  if (watch_.is_wait_due(now)) watch_.handle_wait(delivery_.waiting_since(), depth, now);
  tell_watched();
  if (delivery_.takes_notices()) tell_omitted();
  delivery_.flush(now);
}

void EngineImpl::tell_watched() {
  while (auto event = watch_.poll_event()) {
    const auto* dropped = std::get_if<event::MessagesDropped>(&*event);
    const auto since = dropped ? std::optional{dropped->since} : std::nullopt;
    handle_event(*std::move(event));
    if (since) tell_dropped(*since);
  }
}

/// Whose they were, as far as that is known.
void EngineImpl::tell_dropped(Duration since) {
  for (const auto& [id, untold] : delivery_.take_dropped()) {
    ++drop_gaps_;
    handle_event(
        event::GapClosed{{id}, untold.shard, GapCause::kDropped, {}, {}, untold.count, since});
  }
}

std::optional<TimePoint> EngineImpl::next_deadline() const {
  return is_over_ ? std::nullopt : watch_.next_deadline();
}

/// The end of the turn in which the supervisor has stopped: on_disconnect has been told of the last
/// connection, and nothing comes after this.
void EngineImpl::finish_stopping(TimePoint now) {
  report_rest();
  watch_.finish(now);
  tell_watched();
  is_over_ = true;
  is_running_.store(false, std::memory_order_release);
  connects_.leave();
  tell_omitted();
  delivery_.notice(*std::move(last_event_));
  delivery_.close();
  const std::lock_guard lock{mutex_};
  is_stopped_ = true;
  is_cut_off_ = stop_deadline_ && now >= *stop_deadline_;
  changed_.notify_all();
}

ConnectionStatePtr EngineImpl::state_of(ConnectionId id) const { return states_.at(id).state; }

/// A message that has waited for those of another connection may come when its own is over.
ConnectionStatePtr EngineImpl::state_to_deliver(ConnectionId id) {
  const auto known = states_.find(id);
  if (known != states_.end()) return known->second.state;
  return std::make_shared<const ConnectionState>(first_state_of(id));
}

ConnectionState EngineImpl::first_state_of(ConnectionId id) {
  return {.shard_id = id.shard,
          .generation = id.generation,
          .attempt = 0,
          .url = {},
          .refresh_credentials = false,
          .reply_to = Sender{weak_from_this(), id.shard, id.generation}};
}

}  // namespace wsm
