#include "manager/handler_caller.h"

#include <utility>

namespace wsm {
namespace {

thread_local int hook_depth = 0;

class InsideHook {
 public:
  InsideHook() { ++hook_depth; }
  ~InsideHook() { --hook_depth; }
  InsideHook(const InsideHook&) = delete;
  InsideHook& operator=(const InsideHook&) = delete;
};

}  // namespace

template <class Hook>
auto HandlerCaller::call(std::string_view name, Hook&& hook) {
  using Answered = decltype(call_guarded(std::forward<Hook>(hook)));
  if (is_retired_.load(std::memory_order_acquire)) {
    return Answered{Failure{text_if_possible("the manager is over")}};
  }
  Answered result = [&] {
    const InsideHook inside;
    return call_guarded(std::forward<Hook>(hook));
  }();
  if (!result) note_exception(name, result.error());
  return result;
}

/// The same for hooks without which there is no connection: what they throw is why.
template <class Hook>
auto HandlerCaller::call_to_connect(std::string_view name, Hook&& hook) {
  using Answer = std::invoke_result_t<Hook>;
  auto result = call(name, std::forward<Hook>(hook));
  if (result) return Result<Answer, DisconnectReason>{*std::move(result)};
  return Result<Answer, DisconnectReason>{Failure{DisconnectReason{
      .kind = DisconnectKind::kHookFailed, .detail = std::string{name} + ": " + result.error()}}};
}

void HandlerCaller::on_message(const Message& message, const ConnectionState& state) {
  (void)call("on_message", [&] { handler_->on_message(message, state); });
}

void HandlerCaller::on_notice(const Notice& notice) {
  if (const auto* event = std::get_if<Event>(&notice)) {
    (void)call("on_event", [&] { handler_->on_event(*event); });
  } else {
    const auto& disconnect = std::get<DisconnectNotice>(notice);
    (void)call("on_disconnect",
               [&] { handler_->on_disconnect(*disconnect.state, disconnect.reason); });
  }
}

Inspected HandlerCaller::inspect(const Message& message) {
  auto inspected = call("inspect", [&] { return handler_->inspect(message); });
  // One that threw has decided nothing: a broken inspect() must not make a feed look dead.
  if (inspected && inspected->role != MessageRole::kUndecided) return *std::move(inspected);
  const auto is_data =
      call("is_data_message", [&] { return handler_->is_data_message(message); }).value_or(false);
  return {.role = is_data ? MessageRole::kData : MessageRole::kOther};
}

Result<std::optional<OutgoingMessage>> HandlerCaller::render(RequestKind kind,
                                                             std::span<const SubscriptionId> ids) {
  const bool is_subscribe = kind == RequestKind::kSubscribe;
  auto rendered = call(is_subscribe ? "subscription_message" : "unsubscription_message", [&] {
    return is_subscribe ? handler_->subscription_message(ids)
                        : handler_->unsubscription_message(ids);
  });
  if (rendered) return *std::move(rendered);
  return Failure{Error{Errc::kHandlerFailed, rendered.error()}};
}

Result<std::vector<std::string>, DisconnectReason> HandlerCaller::urls(
    const ConnectionState& state) {
  auto several = call_to_connect("urls", [&] { return handler_->urls(state); });
  if (!several || !several->empty()) return several;
  auto only = call_to_connect("url", [&] { return handler_->url(state); });
  if (!only) return Failure{std::move(only).error()};
  return std::vector<std::string>{*std::move(only)};
}

Result<std::vector<Header>, DisconnectReason> HandlerCaller::headers(const ConnectionState& state) {
  return call_to_connect("connection_headers", [&] { return handler_->connection_headers(state); });
}

Result<std::vector<std::string>, DisconnectReason> HandlerCaller::subprotocols(
    const ConnectionState& state) {
  return call_to_connect("subprotocols", [&] { return handler_->subprotocols(state); });
}

Result<std::vector<OutgoingMessage>, DisconnectReason> HandlerCaller::on_connect(
    const ConnectionState& state) {
  return call_to_connect("on_connect", [&] { return handler_->on_connect(state); });
}

ErrorAnswer HandlerCaller::on_error(const ConnectionState& state, const DisconnectReason& reason) {
  return call("on_error", [&] { return handler_->on_error(state, reason); })
      .value_or(ErrorAnswer::kDefault);
}

Result<void> HandlerCaller::call_to_start(std::string_view name,
                                          const std::function<void()>& hook) {
  const auto called = call(name, hook);
  if (called) return {};
  return Failure{Error{Errc::kHandlerFailed, std::string{name} + ": " + called.error()}};
}

std::string HandlerCaller::subscription_name(SubscriptionId id) {
  return call("subscription_name", [&] { return handler_->subscription_name(id); })
      .value_or(std::string{});
}

bool HandlerCaller::is_inside_hook() { return hook_depth > 0; }

/// Nothing that it throws may get any further either: without memory it is counted, and no more.
void HandlerCaller::note_exception(std::string_view hook, const std::string& what) noexcept {
  exceptions_.fetch_add(1, std::memory_order_relaxed);
  try {
    if (const auto due = keep(hook, what)) announce_(hook, *due);
  } catch (...) {
    return;
  }
}

/// When it is to be reported; none when its hook is announced already.
std::optional<HandlerCaller::Clock::time_point> HandlerCaller::keep(std::string_view hook,
                                                                    const std::string& what) {
  const std::lock_guard lock{mutex_};
  Thrown& thrown = thrown_[hook];
  thrown.last = what;
  if (++thrown.count > 1) return std::nullopt;
  return thrown.next_report;
}

std::optional<event::HandlerThrew> HandlerCaller::take_report(std::string_view hook) {
  const std::lock_guard lock{mutex_};
  return take(hook, thrown_[hook]);
}

std::vector<event::HandlerThrew> HandlerCaller::take_rest() {
  const std::lock_guard lock{mutex_};
  std::vector<event::HandlerThrew> reports;
  for (auto& [hook, thrown] : thrown_) {
    if (auto report = take(hook, thrown)) reports.push_back(*std::move(report));
  }
  return reports;
}

std::optional<event::HandlerThrew> HandlerCaller::take(std::string_view hook, Thrown& thrown) {
  if (thrown.count == 0) return std::nullopt;
  thrown.next_report = Clock::now() + kReportInterval;
  return event::HandlerThrew{std::string{hook}, std::exchange(thrown.last, {}),
                             std::exchange(thrown.count, 0)};
}

}  // namespace wsm
