#include "sim/oracle_gaps.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace wsm::sim {
namespace {

/// For so long a connection that is over may still be the reason for a gap, from when it is read.
constexpr Duration kMemory = std::chrono::minutes{5};

}  // namespace

void GapOracle::set_rules(const HealthOptions& health) {
  timeout_min_ = std::min(health.data_timeout.value_or(Duration::max()),
                          health.subscription_timeout.value_or(Duration::max()));
  // What is learned is a second at least.
  if (health.subscription_timeout_intervals) timeout_min_ = std::chrono::seconds{1};
}

void GapOracle::handle_resumed() {
  is_paused_ = false;
  reading_since_ = verdict_.world().now();
}

void GapOracle::handle_hung_up(ConnectionId id, bool) {
  hung_up_at_[id] = verdict_.world().now();
  ends_[id.shard].insert(verdict_.world().now());
  connected_at_.erase(id);
}

void GapOracle::handle_event(const EventKind& event) {
  const TimePoint now = verdict_.world().now();
  if (const auto* opened = std::get_if<event::GapOpened>(&event)) {
    handle(*opened);
  } else if (const auto* closed = std::get_if<event::GapClosed>(&event)) {
    handle(*closed);
  } else if (const auto* connected = std::get_if<event::Connected>(&event)) {
    connected_at_[{connected->shard, connected->generation}] = now;
  } else if (const auto* retired = std::get_if<event::ConnectionRetired>(&event)) {
    ends_[retired->shard].insert(now);
  } else if (const auto* gone = std::get_if<event::Disconnected>(&event)) {
    ends_[gone->shard].insert(now);
  } else if (const auto* changed = std::get_if<event::SubscriptionsChanged>(&event)) {
    const bool is_taken_over =
        !changed->generation && changed->status == SubscriptionStatus::kDesired;
    if (!is_taken_over) return;
    for (const SubscriptionName& name : changed->subscriptions) arrivals_[name.id].insert(now);
  }
}

void GapOracle::handle(const event::GapOpened& gap) {
  const Topic topic = gap.subscription.id;
  open_[topic] = gap.cause;
  if (gap.cause == GapCause::kSequenceHole) return;  // WithholdingOracle's.
  // Those who bring it had not come as far as the last number for a while.
  if (gap.cause == GapCause::kNumbersRestarted && renumbered_.contains(topic)) return;
  if (gap.cause != GapCause::kStall) {
    // What explains it may be told later in the same turn.
    return to_judge_.push_back({topic, gap.shard, gap.cause, verdict_.world().now()});
  }
  const Duration longest = silence(topic, gap.shard);
  if (longest >= timeout_min_) return;
  fail(topic, gap.cause, "though data came " + clock_text(longest) + " ago");
}

/// Of the connection that has been silent for longest.
Duration GapOracle::silence(Topic topic, ShardId shard) {
  const auto& arrived_at = arrived_at_[topic];
  Duration longest{};
  for (const auto& [id, connected_at] : connected_at_) {
    if (id.shard != shard) continue;
    const auto arrived = arrived_at.find(id);
    const TimePoint last = arrived == arrived_at.end() ? connected_at : arrived->second;
    longest = std::max(longest, verdict_.world().now() - last);
  }
  return longest;
}

void GapOracle::handle(const event::GapClosed& gap) {
  const Topic topic = gap.subscription.id;
  const auto opened = open_.extract(topic);
  const bool was_refused = refused_.erase(topic) > 0;
  if (opened) {
    if (opened.mapped() != gap.cause) fail(topic, gap.cause, "it began otherwise");
    return;
  }
  switch (gap.cause) {
    case GapCause::kSequenceHole: return;
    case GapCause::kSwitchover:
      if (carriers_[topic].size() < 2 && !was_refused) fail(topic, gap.cause, "on one connection");
      return;
    default: return fail(topic, gap.cause, "its beginning was not told");
  }
}

void GapOracle::check() {
  for (const Opened& opened : to_judge_) judge(opened);
  to_judge_.clear();
  ends_.clear();
  arrivals_.clear();
  const TimePoint oldest = verdict_.world().now() - kMemory;
  if (is_paused_ || reading_since_ > oldest) return;
  for (const auto& [id, at] : hung_up_at_) {
    if (at > oldest) continue;
    for (auto& [topic, carriers] : carriers_) carriers.erase(id);
    for (auto& [topic, arrived_at] : arrived_at_) arrived_at.erase(id);
  }
  std::erase_if(hung_up_at_, [&](const auto& entry) { return entry.second <= oldest; });
}

void GapOracle::judge(const Opened& opened) {
  const bool is_explained =
      opened.cause == GapCause::kReconnect
          ? ends_[opened.shard].contains(opened.at)
          : opened.cause == GapCause::kMove && arrivals_[opened.topic].contains(opened.at);
  if (!is_explained) fail(opened.topic, opened.cause, "nothing of the kind happened then");
}

void GapOracle::fail(Topic topic, GapCause cause, const std::string& what) {
  verdict_.fail("gaps",
                name_of(topic) + ": a gap for a " + std::string{to_string(cause)} + ": " + what);
}

}  // namespace wsm::sim
