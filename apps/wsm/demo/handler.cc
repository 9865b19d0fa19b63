#include "demo/handler.h"

#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include "venue/topic.h"

namespace wsm::demo {
namespace {

struct Quote {
  venue::TopicId topic;
  venue::Sequence sequence;
};

std::optional<Quote> parse_quote(simdjson::dom::parser& parser, std::string_view text,
                                 std::size_t topics) {
  simdjson::dom::element message;
  if (parser.parse(text.data(), text.size()).get(message)) return std::nullopt;
  std::string_view name;
  if (message["topic"].get(name)) return std::nullopt;
  venue::Sequence sequence = 0;
  if (message["seq"].get(sequence)) return std::nullopt;
  const auto topic = venue::find_topic(name, topics);
  if (!topic) return std::nullopt;
  return Quote{*topic, sequence};
}

constexpr bool comes_later(std::uint32_t topic) { return topic % 3 == 2; }

/// Events that come by the hundred in a quiet run, or that another event says better.
bool is_worth_a_line(const EventKind& event) {
  return std::visit(
      [](const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        return !std::is_same_v<Kind, event::Connecting> &&
               !std::is_same_v<Kind, event::SubscriptionsRequested> &&
               !std::is_same_v<Kind, event::SubscriptionsChanged> &&
               !std::is_same_v<Kind, event::SubscriptionsHandedOver> &&
               !std::is_same_v<Kind, event::SubscriptionMoved> &&
               !std::is_same_v<Kind, event::UnsubscriptionsRequested> &&
               !std::is_same_v<Kind, event::SwitchoverFinished> &&
               !std::is_same_v<Kind, event::ConnectionRetired> &&
               !std::is_same_v<Kind, event::GapOpened> && !std::is_same_v<Kind, event::GapClosed> &&
               !std::is_same_v<Kind, event::MessageLate> && !std::is_same_v<Kind, event::Stopped>;
      },
      event);
}

}  // namespace

Handler::Handler(std::string venue_url, std::size_t topics, EventList& events,
                 std::function<Duration()> clock)
    : venue_url_(std::move(venue_url)),
      topics_(topics),
      events_(events),
      clock_(std::move(clock)),
      receipts_(topics),
      ledger_(topics) {}

std::string Handler::url(const ConnectionState& state) {
  return venue_url_ + target_of({state.shard_id, state.generation});
}

std::vector<std::string> Handler::subscriptions() {
  std::vector<std::string> names;
  for (std::uint32_t index = 0; index < topics_; ++index) {
    if (!comes_later(index)) names.push_back(venue::topic_name(venue::TopicId{index}));
  }
  return names;
}

std::vector<std::string> Handler::other_subscriptions() const {
  std::vector<std::string> names;
  for (std::uint32_t index = 0; index < topics_; ++index) {
    if (comes_later(index)) names.push_back(venue::topic_name(venue::TopicId{index}));
  }
  return names;
}

std::optional<OutgoingMessage> Handler::subscription_message(std::span<const std::string> topics) {
  return request("subscribe", topics);
}

std::optional<OutgoingMessage> Handler::unsubscription_message(
    std::span<const std::string> topics) {
  return request("unsubscribe", topics);
}

// Names of topics hold nothing that JSON would have to escape.
OutgoingMessage Handler::request(std::string_view operation, std::span<const std::string> topics) {
  ++last_id_;
  return OutgoingMessage::text(fmt::format(R"({{"op":"{}","args":["{}"],"id":{}}})", operation,
                                           fmt::join(topics, R"(",")"), last_id_))
      .with_request(last_id_);
}

/// Acknowledgements and errors begin with "op": they do not prove that the feed is alive.
Inspection<std::string> Handler::inspect(const Message& message) {
  simdjson::dom::element parsed;
  if (inspecting_parser_.parse(message.text().data(), message.size()).get(parsed)) {
    return {.role = MessageRole::kOther};
  }
  std::string_view text;
  std::uint64_t number = 0;
  if (!parsed["topic"].get(text)) {
    Inspection<std::string> data{.role = MessageRole::kData, .subscription = std::string{text}};
    if (!parsed["seq"].get(number)) data.numbering.sequence = number;
    return data;
  }
  if (parsed["op"].get(text)) return {.role = MessageRole::kOther};
  if (text == "heartbeat") return {.role = MessageRole::kHeartbeat};
  if (text == "drain") return {.role = MessageRole::kDrainNotice};
  Inspection<std::string> answer{.role = text == "error" ? MessageRole::kRejection
                                                         : MessageRole::kAcknowledgement};
  if (!parsed["id"].get(number)) answer.request = number;
  if (!parsed["message"].get(text)) answer.detail = std::string{text};
  return answer;
}

void Handler::on_message(const Message& message, const ConnectionState& state) {
  if (!message.text().starts_with(R"({"topic":)")) return;
  const auto quote = parse_quote(parser_, message.text(), topics_);
  const std::lock_guard lock{mutex_};
  if (quote) {
    receipts_.add(quote->topic, quote->sequence, {state.shard_id, state.generation});
  } else {
    receipts_.add_malformed();
  }
}

void Handler::on_event(const Event& event) {
  {
    const std::lock_guard lock{mutex_};
    if (const auto* gap = std::get_if<event::GapClosed>(&event.what)) ledger_.add(*gap);
    if (const auto* late = std::get_if<event::MessageLate>(&event.what)) ledger_.add(*late);
    if (const auto* done = std::get_if<event::RebalanceFinished>(&event.what)) rebalance_ = *done;
    if (const auto* report = std::get_if<event::SwitchoverReported>(&event.what)) {
      switchovers_.push_back(*report);
    }
  }
  if (!is_worth_a_line(event.what)) return;
  events_.add({clock_(), Origin::kLibrary, wsm::to_string(event.what)});
}

std::uint64_t Handler::received() const {
  const std::lock_guard lock{mutex_};
  return receipts_.received();
}

std::optional<event::RebalanceFinished> Handler::rebalance() const {
  const std::lock_guard lock{mutex_};
  return rebalance_;
}

std::vector<event::SwitchoverReported> Handler::switchovers() const {
  const std::lock_guard lock{mutex_};
  return switchovers_;
}

GapLedger Handler::ledger() const {
  const std::lock_guard lock{mutex_};
  return ledger_;
}

Receipts Handler::receipts() const {
  const std::lock_guard lock{mutex_};
  return receipts_;
}

}  // namespace wsm::demo
