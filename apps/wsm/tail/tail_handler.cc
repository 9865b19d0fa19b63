#include "tail/tail_handler.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "tail/option_names.h"

namespace wsm::tail {
namespace {

bool is_failure(const EventKind& event) {
  return std::holds_alternative<event::Disconnected>(event) ||
         std::holds_alternative<event::ReconnectScheduled>(event);
}

}  // namespace

TailHandler::TailHandler(Options options, int output)
    : options_(std::move(options)),
      status_(options_.is_quiet, options_.is_uncoloured),
      writer_(output, MessageLine{options_.format, options_.binary}),
      reporter_(options_.topics.size()),
      request_watch_(options_.topics.size()),
      refusal_watch_(options_.topics.size()),
      inspector_(options_.keys) {}

std::string TailHandler::url(const ConnectionState&) { return options_.url; }

std::vector<Header> TailHandler::connection_headers(const ConnectionState&) {
  return options_.headers;
}

std::vector<std::string> TailHandler::subprotocols(const ConnectionState&) {
  return options_.subprotocols;
}

std::vector<OutgoingMessage> TailHandler::on_connect(const ConnectionState&) {
  std::vector<OutgoingMessage> messages;
  for (const std::string& text : options_.first_messages) {
    messages.push_back(OutgoingMessage::text(text));
  }
  return messages;
}

std::vector<std::string> TailHandler::subscriptions() {
  if (!options_.topics.empty()) return options_.topics;
  // The URL alone says what comes; one nameless subscription keeps one connection open for it.
  return {""};
}

std::optional<OutgoingMessage> TailHandler::subscription_message(
    std::span<const std::string> topics) {
  // Asked for as soon as a connection is open, and before anything that arrives on it is seen.
  Clock::rep never = 0;
  opened_at_.compare_exchange_strong(never, Clock::now().time_since_epoch().count());
  if (!options_.subscribe) return std::nullopt;
  return request(*options_.subscribe, topics);
}

std::optional<OutgoingMessage> TailHandler::unsubscription_message(
    std::span<const std::string> topics) {
  if (!options_.unsubscribe) return std::nullopt;
  return request(*options_.unsubscribe, topics);
}

OutgoingMessage TailHandler::request(const RequestTemplate& request,
                                     std::span<const std::string> topics) {
  auto message = OutgoingMessage::text(request.expand(topics, ++requests_made_));
  if (!options_.keys.request) return message;
  return std::move(message).with_request(requests_made_);
}

void TailHandler::on_message(const Message& message, const ConnectionState& state) {
  if (options_.message_limit && messages_seen_ >= *options_.message_limit) return;
  ++messages_seen_;
  tally_.add_message(state.shard_id, message.size());
  const auto written =
      writer_.append(message, {state.shard_id, state.generation, std::chrono::system_clock::now()});
  if (!written) {
    if (auto ending = ending_for(written.error())) stop_request_.ask(*std::move(ending));
  }
  if (messages_seen_ == options_.message_limit) stop_request_.ask({});
}

ErrorAnswer TailHandler::on_error(const ConnectionState&, const DisconnectReason& reason) {
  {
    const std::lock_guard lock{mutex_};
    last_failure_ = reason;
  }
  if (options_.is_retrying) return ErrorAnswer::kDefault;
  const auto code = ending_for(reason, run_progress());
  if (!code) return ErrorAnswer::kDefault;
  stop_request_.ask({*code, explain(reason, options_.url)});
  return ErrorAnswer::kStop;
}

Ending TailHandler::ending_in_time() const {
  if (opened_at_ != 0) return {};
  const std::lock_guard lock{mutex_};
  if (!last_failure_) {
    return {ExitCode::kConnectFailed,
            fmt::format("{}: no connection has opened in time", options_.url)};
  }
  return {ending_for(*last_failure_, {}).value_or(ExitCode::kConnectFailed),
          explain(*last_failure_, options_.url)};
}

RunProgress TailHandler::run_progress() const {
  RunProgress progress;
  const Clock::rep opened_at = opened_at_;
  progress.has_opened = opened_at != 0;
  progress.has_received = has_received_;
  if (progress.has_opened) {
    progress.since_opened = Clock::now() - Clock::time_point{Clock::duration{opened_at}};
  }
  return progress;
}

void TailHandler::on_event(const Event& event) {
  if (const auto* connected = std::get_if<event::Connected>(&event.what)) {
    tally_.add_connection(connected->shard);
  }
  if (request_watch_.is_last_failure(event.what)) {
    const std::string& detail = std::get<event::SubscriptionSendFailed>(event.what).detail;
    stop_request_.ask(
        {ExitCode::kNothingRequested,
         fmt::format("not a single topic could be requested: {}", with_option_names(detail))});
  }
  if (refusal_watch_.is_last_refusal(event.what)) {
    stop_request_.ask({ExitCode::kRefused, "the server refused every topic"});
  }
  if (std::holds_alternative<event::BrokeDown>(event.what)) {
    stop_request_.ask({ExitCode::kOther, to_string(event)});
  }
  const auto line = reporter_.describe(event);
  // A failure that ends the run is explained at its end, not told as progress.
  const bool is_ending = opened_at_ == 0 && !options_.is_retrying && is_failure(event.what);
  if (line && !is_ending) status_.report(*line);
}

bool TailHandler::is_heartbeat(const Message& message) {
  return std::any_of(
      options_.heartbeats.begin(), options_.heartbeats.end(),
      [&](const std::string& mark) { return message.text().find(mark) != std::string_view::npos; });
}

bool TailHandler::is_data_message(const Message& message) { return !is_heartbeat(message); }

// The I/O thread asks this of each message before it is queued, so a failure of the connection is
// judged with the knowledge of what arrived before it.
Inspection<std::string> TailHandler::inspect(const Message& message) {
  has_received_ = true;
  if (is_heartbeat(message)) return {.role = MessageRole::kHeartbeat};
  return inspector_.inspect(message.text());
}

}  // namespace wsm::tail
