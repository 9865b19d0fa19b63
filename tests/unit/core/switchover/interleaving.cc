#include "unit/core/switchover/interleaving.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace wsm::test {
namespace {

using namespace std::chrono_literals;

/// On all connections together, where they are limited.
constexpr std::size_t kSubscriptionsMax = 3;

bool is_in_slices(Situation situation) {
  return situation == Situation::kFirstSlice || situation == Situation::kSecondSlice;
}

}  // namespace

Interleaving::Interleaving(Situation situation) : world_(config(situation), rng_) {
  world_.behaviour.numbers_requests = true;
  world_.behaviour.manners.is_strict = false;  // What is not answered is asked again.
  world_.behaviour.inspect = [](std::string_view text) { return inspect(text); };
  desired_ = {1, 2};
  world_.start({1, 2});
  note_subscribed();
  const ConnectionId first = *side(0);
  acknowledge(first);
  bring(first, 1);
  bring(first, 2);
  ++published_[1];  // It is still on its way there: who is asked now never has it.
  if (situation != Situation::kIdle) reach(situation);
  look();
}

bool Interleaving::take(Step step) {
  bool is_possible = true;
  switch (step) {
    case Step::kAnswer: is_possible = world_.has_held(); break;
    case Step::kSubscribe: is_possible = !is_stopped_ && subscribe(); break;
    case Step::kUnsubscribe: is_possible = !is_stopped_ && unsubscribe(); break;
    case Step::kStop: is_possible = !std::exchange(is_stopped_, true); break;
    case Step::kSilence: world_.run_for(6s); break;
    case Step::kStall: world_.run_for(21s); break;
    case Step::kSwitch:
      is_possible = world_.core.hot_switchover(ShardId{0}, world_.now).has_value();
      break;
    default: {
      const bool is_of_newer = step == Step::kNewerFrame || step == Step::kNewerOtherFrame ||
                               step == Step::kNewerAck || step == Step::kNewerReject ||
                               step == Step::kNewerClose || step == Step::kNewerReset;
      const auto id = side(is_of_newer ? 1 : 0);
      is_possible = id && take_on(*id, step);
    }
  }
  if (!is_possible) return false;
  if (step == Step::kAnswer) world_.answer_held();
  if (step == Step::kStop) world_.stop(10s);
  world_.pump();
  look();
  return true;
}

void Interleaving::heal() {
  if (is_stopped_) {
    world_.answer_held();
    world_.run_for(10s);
    look();
    if (world_.core.status() != SupervisorStatus::kStopped) fail("it does not stop");
    if (!world_.connected().empty()) fail("a connection is left");
    if (world_.core.next_deadline()) fail("something is still to happen");
    return check_streams();
  }
  world_.answer_held();
  for (int second = 0; second < 90 && !fault_; ++second) {
    for (const ConnectionId id : world_.connected()) {
      world_.server(id).manners().answers_close = true;
      while (acknowledge(id)) continue;
    }
    publish_everywhere();
    look();
    if (is_well()) return check_streams();
    world_.run_for(1s);
  }
  if (!fault_) fail("it does not come back");
}

ShardManagerConfig Interleaving::config(Situation situation) {
  auto builder = ShardManagerConfig::builder();
  if (is_in_slices(situation)) builder.max_subscriptions(kSubscriptionsMax);
  builder.max_connections(2).data_timeout(20s).proactive_reconnect_interval(std::nullopt);
  builder.ping_interval(std::nullopt).pong_timeout(std::nullopt);
  builder.backoff({.initial_delay = 100ms, .max_delay = 4s, .stable_after = 2s});
  return builder.build().value();
}

/// "D 2 17" is message 17 of topic 2, "A 5" answers request 5, "R 2" refuses topic 2 for now.
Inspected Interleaving::inspect(std::string_view text) {
  const auto topic = SubscriptionId{static_cast<Topic>(text[2] - '0')};
  const std::string rest{text.substr(text[0] == 'D' ? 4 : 2)};
  if (text[0] == 'D') {
    return {.role = MessageRole::kData,
            .subscription = topic,
            .numbering = {.sequence = std::stoull(rest)}};
  }
  if (text[0] == 'A') {
    return {
        .role = MessageRole::kAcknowledgement, .subscription = {}, .request = std::stoull(rest)};
  }
  return {.role = MessageRole::kRejection,
          .subscription = topic,
          .request = {},
          .rejected = {},
          .may_retry = true,
          .detail = "no"};
}

void Interleaving::reach(Situation situation) {
  world_.behaviour.answers_prepare = situation != Situation::kOpening;
  world_.behaviour.answers_render = situation != Situation::kSubscribing;
  (void)world_.core.hot_switchover(ShardId{0}, world_.now);
  world_.pump();
  world_.behaviour.answers_prepare = world_.behaviour.answers_render = true;
  note_subscribed();
  if (situation == Situation::kSecondSlice) {
    bring(*side(0), 1);
    bring(*side(1), 1);
    world_.run_for(SubscriptionBudget::kSettle);
    note_subscribed();
  }
  if (situation != Situation::kDraining) return;
  world_.server(*side(0)).manners().answers_close = false;
  const ConnectionId standby = *side(1);
  bring(*side(0), 1);
  bring(standby, 1);
  bring(standby, 2);
}

std::optional<ConnectionId> Interleaving::side(std::size_t index) const {
  const auto connected = world_.connected();
  return index < connected.size() ? std::optional{connected[index]} : std::nullopt;
}

/// Its server may send something, and is heard.
bool Interleaving::is_speaking(ConnectionId id) {
  const Connection* connection = world_.core.connection(id);
  return connection && connection->may_receive() && world_.server(id).is_upgraded() &&
         !world_.server(id).has_hung_up() && !closed_.contains(id);
}

bool Interleaving::take_on(ConnectionId id, Step step) {
  switch (step) {
    case Step::kOlderFrame:
    case Step::kNewerFrame: return bring(id, 1);
    case Step::kOlderOtherFrame:
    case Step::kNewerOtherFrame: return bring(id, 2);
    case Step::kOlderAck:
    case Step::kNewerAck: return acknowledge(id);
    case Step::kOlderReject:
    case Step::kNewerReject: return reject(id, 2);
    case Step::kOlderClose:
    case Step::kNewerClose: return close(id);
    default: world_.server(id).cut(); return true;
  }
}

/// The next message of `topic` on that connection, which is published now if it must be.
bool Interleaving::bring(ConnectionId id, Topic topic) {
  const auto next = next_.find({id, topic});
  if (next == next_.end() || !is_speaking(id)) return false;
  const std::uint64_t number = next->second++;
  published_[topic] = std::max(published_[topic], number);
  Stream& stream = streams_[topic];
  const bool is_late = !stream.delivered.empty() && stream.delivered.back() >= number;
  if (desired_.contains(topic) && !is_late) stream.owed.insert(number);
  say(id, "D " + std::to_string(topic) + " " + std::to_string(number));
  return true;
}

bool Interleaving::acknowledge(ConnectionId id) {
  const auto& requests = world_.requests(id);
  std::size_t& count = acknowledged_[id];
  if (count == requests.size() || !is_speaking(id)) return false;
  say(id, "A " + std::to_string(requests[count++]));
  return true;
}

bool Interleaving::reject(ConnectionId id, Topic topic) {
  if (!is_speaking(id) || !next_.erase({id, topic})) return false;
  world_.server(id).drop(SubscriptionId{topic});
  say(id, "R " + std::to_string(topic));
  return true;
}

bool Interleaving::close(ConnectionId id) {
  if (!is_speaking(id)) return false;
  closed_.insert(id);
  world_.server(id).close(1001);
  return true;
}

bool Interleaving::subscribe() {
  for (const Topic topic : {Topic{1}, Topic{3}}) {
    if (!desired_.insert(topic).second) continue;
    streams_[topic] = {};
    world_.subscribe({topic});
    return true;
  }
  return false;
}

bool Interleaving::unsubscribe() {
  if (!desired_.erase(1)) return false;
  streams_[1] = {};
  world_.unsubscribe(1);
  return true;
}

void Interleaving::say(ConnectionId id, const std::string& text) {
  world_.server(id).send(server_text(text));
  world_.pump();
}

/// One message of each topic, and what was published before, on all connections that have it.
void Interleaving::publish_everywhere() {
  for (const Topic topic : {1U, 2U, 3U}) ++published_[topic];
  for (const auto& [place, next] : std::map{next_}) {
    for (auto number = next; number <= published_[place.second]; ++number) {
      if (!bring(place.first, place.second)) break;
    }
  }
}

bool Interleaving::is_well() {
  const auto connected = world_.connected();
  if (connected.size() != 1 || world_.shard().status != ShardStatus::kLive) return false;
  return std::ranges::all_of(desired_, [&](Topic topic) {
    const auto state = world_.core.subscription_state(SubscriptionId{topic}, world_.now);
    const Stream& stream = streams_[topic];
    return state->status == SubscriptionStatus::kLive && !stream.delivered.empty() &&
           stream.delivered.back() == published_[topic];
  });
}

void Interleaving::look() {
  note_subscribed();
  note_delivered();
  look_at_events();
  check_states();
}

/// A server brings what is published from the moment on in which it was asked.
void Interleaving::note_subscribed() {
  for (const ConnectionId id : world_.connected()) {
    const auto& subscribed = world_.server(id).subscribed();
    for (const Topic topic : {1U, 2U, 3U}) {
      if (!subscribed.contains(SubscriptionId{topic})) {
        next_.erase({id, topic});
      } else {
        next_.try_emplace({id, topic}, published_[topic] + 1);
      }
    }
  }
}

void Interleaving::note_delivered() {
  for (; messages_seen_ < world_.messages.size(); ++messages_seen_) {
    const std::string& text = world_.messages[messages_seen_].second;
    if (text[0] != 'D') continue;
    const auto topic = static_cast<Topic>(text[2] - '0');
    const std::uint64_t number = std::stoull(text.substr(4));
    if (!desired_.contains(topic)) continue;
    Stream& stream = streams_[topic];
    if (!stream.delivered.empty()) {
      const std::uint64_t last = stream.delivered.back();
      if (number <= last) fail(text + " was delivered twice, or out of order");
      holes_ += number - last - 1;
    }
    stream.delivered.push_back(number);
    stream.owed.erase(number);
  }
}

void Interleaving::look_at_events() {
  for (; events_seen_ < world_.events.size(); ++events_seen_) {
    const EventKind& event = world_.events[events_seen_];
    if (const auto* handed = std::get_if<event::SubscriptionsHandedOver>(&event)) {
      for (const auto& name : handed->subscriptions) {
        handed_over_[name.id.value()] = handed->generation;
      }
    } else if (const auto* finished = std::get_if<event::SwitchoverFinished>(&event)) {
      handed_over_.clear();
      if (finished->outcome == SwitchoverOutcome::kProven) check_proofs();
    } else if (const auto* removed = std::get_if<event::SubscriptionsRemoved>(&event)) {
      for (const auto& name : removed->subscriptions) handed_over_.erase(name.id.value());
    }
  }
}

/// A standby that has taken over as proven brings all that has not arrived yet.
void Interleaving::check_proofs() {
  const ConnectionId serving{ShardId{0}, world_.shard().generation};
  for (const Topic topic : desired_) {
    const Stream& stream = streams_[topic];
    const auto next = next_.find({serving, topic});
    if (next == next_.end() || stream.delivered.empty()) continue;
    for (auto number = stream.delivered.back() + 1; number < next->second; ++number) {
      if (!stream.owed.contains(number)) fail("a standby without all was called proven");
    }
  }
}

void Interleaving::check_states() {
  if (world_.connected().size() > 2) fail("there are more than two connections");
  const MetricsSnapshot metrics = world_.core.metrics(world_.now);
  if (metrics.total_subscriptions != desired_.size()) fail("the manager wants something else");
  if (is_stopped_) return;
  const ShardMetrics shard = world_.shard();
  SubscriptionCounts counts;
  for (const Topic topic : desired_) {
    const auto state = world_.core.subscription_state(SubscriptionId{topic}, world_.now);
    if (!state) return fail(std::to_string(topic) + " is unknown");
    ++count_of(counts, state->status);
    const std::string name =
        std::to_string(topic) + " is " + std::string{wsm::to_string(state->status)};
    if (shard.status != ShardStatus::kLive) {
      if (state->status != SubscriptionStatus::kDesired &&
          state->status != SubscriptionStatus::kRejected) {
        fail(name + " without a connection");
      }
      continue;
    }
    const auto handed = handed_over_.find(topic);
    const ConnectionId carrier{ShardId{0},
                               handed == handed_over_.end() ? shard.generation : handed->second};
    const bool is_served = world_.server(carrier).subscribed().contains(SubscriptionId{topic});
    const bool is_said = state->status != SubscriptionStatus::kDesired &&
                         state->status != SubscriptionStatus::kRejected;
    if (is_served != is_said) fail(name + ", and the server of who carries it says otherwise");
  }
  if (counts != metrics.subscriptions) fail("the counts are not those of the subscriptions");
}

/// At the end: what has arrived was delivered, and what is missing is in the ledger.
void Interleaving::check_streams() {
  for (const Topic topic : desired_) {
    for (const std::uint64_t number : streams_[topic].owed) {
      fail("message " + std::to_string(number) + " of " + std::to_string(topic) +
           " has arrived and was not delivered");
    }
  }
  const std::uint64_t known = world_.core.metrics(world_.now).counters.messages_lost;
  if (known != holes_) {
    fail(std::to_string(holes_) + " messages are missing, and " + std::to_string(known) +
         " by the ledger");
  }
}

void Interleaving::fail(const std::string& what) {
  if (!fault_) fault_ = what;
}

}  // namespace wsm::test
