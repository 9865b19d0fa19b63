#include "sim/oracle_planned.h"

#include <algorithm>
#include <string>

#include "core/connection/settings.h"

namespace wsm::sim {
namespace {

/// By then the next message behind a loss has come, in a feed that has any.
constexpr Duration kPatience = std::chrono::minutes{3};

}  // namespace

void PlannedOracle::handle_asked(ConnectionId id, const Request& request, std::size_t) {
  for (const Topic topic : request.topics) {
    Carried& carried = lines_[id].topics[topic];
    if (!request.is_subscribe) carried.ended_at = verdict_.world().now();
    if (request.is_subscribe && carried.ended_at) carried.is_renewed = true;
  }
}

void PlannedOracle::handle_published(Topic topic, Sequence) {
  published_[topic].push_back(verdict_.world().now());
}

void PlannedOracle::handle_subscribed(ConnectionId id, Topic topic) {
  auto& since = lines_[id].topics[topic].since;
  if (!since) since = verdict_.world().now();
}

void PlannedOracle::handle_sent(ConnectionId id, Topic topic, Sequence sequence) {
  auto& first = lines_[id].topics[topic].first;
  if (!first) first = sequence;
}

void PlannedOracle::handle_hurt(ConnectionId id, std::optional<Topic> topic) {
  Line& line = lines_[id];
  auto& hurt_at = topic ? line.topics[*topic].hurt_at : line.hurt_at;
  if (!hurt_at) hurt_at = verdict_.world().now();
}

void PlannedOracle::handle_hung_up(ConnectionId id, bool has_read_all) {
  Line& line = lines_[id];
  line.gone_at = verdict_.world().now();
  line.was_read_to_its_end = has_read_all;
}

void PlannedOracle::handle_withheld(ConnectionId, const FeedMessage& message) {
  const auto entry = streams_.find(message.topic);
  if (withholds_ && entry != streams_.end()) entry->second.withheld.insert(message.sequence);
}

void PlannedOracle::handle_delivered(ConnectionId, const FeedMessage& message) {
  const Sequence sequence = message.sequence;
  const auto entry = streams_.find(message.topic);
  if (entry == streams_.end()) return;
  Stream& stream = entry->second;
  const TimePoint now = verdict_.world().now();
  if (stream.last == 0) stream.last = sequence;
  const bool is_known = !beginnings_.any(message.topic, stream.last, sequence);
  for (Sequence passed = stream.last + 1; is_known && passed < sequence; ++passed) {
    if (!stream.withheld.contains(passed)) stream.missing.emplace(passed, now);
  }
  stream.withheld.clear();
  stream.missing.erase(sequence);
  stream.last = std::max(stream.last, sequence);
}

void PlannedOracle::handle_event(const EventKind& event) {
  if (const auto* finished = std::get_if<event::SwitchoverFinished>(&event)) {
    handle(*finished);
  } else if (const auto* moved = std::get_if<event::SubscriptionMoved>(&event)) {
    handle(*moved);
  }
  serving_.handle_event(event, verdict_.world().now());
}

void PlannedOracle::handle(const event::SwitchoverFinished& finished) {
  const Serving::Shard* shard = serving_.find(finished.shard);
  if (finished.outcome != SwitchoverOutcome::kProven || !shard) return;
  if (!shard->serving || !shard->standby || !shard->switching_since) return;
  ++proven_;
  to_judge_.push_back({{finished.shard, *shard->serving},
                       {finished.shard, *shard->standby},
                       std::nullopt,
                       *shard->switching_since,
                       verdict_.world().now()});
}

/// Where one of the shards has changed its connection meanwhile, that is looked at by itself.
void PlannedOracle::handle(const event::SubscriptionMoved& moved) {
  const TimePoint now = verdict_.world().now();
  const TimePoint begun = now - moved.lasted;
  const auto has_stayed = [&](ShardId id) {
    const Serving::Shard* shard = serving_.find(id);
    return shard && shard->serving && shard->serving_since <= begun;
  };
  if (moved.outcome != MoveOutcome::kProven) return;
  if (!has_stayed(moved.from) || !has_stayed(moved.to)) return;
  ++proven_;
  to_judge_.push_back({*serving_.connection_of(moved.from), *serving_.connection_of(moved.to),
                       moved.subscription.id, begun, now});
}

void PlannedOracle::check() {
  const TimePoint now = verdict_.world().now();
  while (!to_judge_.empty() && to_judge_.front().decided + kPatience <= now) {
    judge(to_judge_.front());
    to_judge_.erase(to_judge_.begin());
  }
  forget_old();
}

void PlannedOracle::judge(const Replacement& replacement) {
  for (const auto& [topic, stream] : streams_) {
    if (!replacement.topic || replacement.topic == topic) judge(replacement, topic, stream);
  }
}

void PlannedOracle::judge(const Replacement& replacement, Topic topic, const Stream& stream) {
  for (const auto& [sequence, noticed] : stream.missing) {
    if (noticed < replacement.begun || !is_to_blame(replacement, topic, sequence)) continue;
    if (is_excused(replacement, topic, noticed)) {
      ++excused_;
      continue;
    }
    verdict_.fail("planned", name_of(topic) + ": message " + std::to_string(sequence) +
                                 " was lost between " + name_of(replacement.from) + " and " +
                                 name_of(replacement.to) + ", which was proven");
  }
}

/// Whether the old side carried it before, and it was published before the new side alone had to
/// bring it, and began to.
bool PlannedOracle::is_to_blame(const Replacement& replacement, Topic topic, Sequence sequence) {
  const TimePoint published = published_[topic].at(sequence - 1);
  const auto& before = lines_[replacement.from].topics;
  const auto carried = before.find(topic);
  const bool was_carried =
      carried != before.end() && carried->second.since && *carried->second.since <= published &&
      carried->second.ended_at.value_or(replacement.begun) >= replacement.begun;
  if (!was_carried || published < replacement.begun) return false;
  const auto& after = lines_[replacement.to].topics;
  const auto fresh = after.find(topic);
  if (fresh == after.end() || fresh->second.ended_at) return false;
  return published <= replacement.decided || !fresh->second.first ||
         *fresh->second.first > sequence;
}

bool PlannedOracle::is_excused(const Replacement& replacement, Topic topic, TimePoint noticed) {
  const Line& from = lines_[replacement.from];
  const Carried& before = from.topics.at(topic);
  if (before.is_renewed) return true;
  // It was left when the server took too long to end it.
  const bool was_left = from.gone_at && !from.was_read_to_its_end;
  if (was_left && *from.gone_at >= replacement.decided + ConnectionSettings{}.close_timeout) {
    return true;
  }
  return is_hurt(replacement.from.shard, topic, replacement.begun, noticed) ||
         is_hurt(replacement.to.shard, topic, replacement.begun, noticed);
}

/// Whether any connection of a shard or of its copies was, that was there after `begun`.
bool PlannedOracle::is_hurt(ShardId shard, Topic topic, TimePoint begun, TimePoint noticed) const {
  return std::ranges::any_of(lines_, [&](const auto& entry) {
    const auto& [id, line] = entry;
    if (serving_.original_of(id.shard) != serving_.original_of(shard)) return false;
    if (line.gone_at && *line.gone_at < begun) return false;
    if (line.hurt_at && *line.hurt_at <= noticed) return true;
    const auto carried = line.topics.find(topic);
    return carried != line.topics.end() && carried->second.hurt_at &&
           *carried->second.hurt_at <= noticed;
  });
}

/// What nobody can ask for any more.
void PlannedOracle::forget_old() {
  TimePoint oldest = verdict_.world().now() - kPatience;
  for (const Replacement& replacement : to_judge_) oldest = std::min(oldest, replacement.begun);
  for (const auto& [id, shard] : serving_.shards()) {
    oldest = std::min(oldest, shard.switching_since.value_or(oldest));
  }
  oldest -= std::chrono::hours{1};  // As long as a move may last.
  std::erase_if(lines_, [&](const auto& entry) {
    return entry.second.gone_at && *entry.second.gone_at < oldest;
  });
  for (auto& [topic, stream] : streams_) {
    std::erase_if(stream.missing, [&](const auto& entry) { return entry.second < oldest; });
  }
}

}  // namespace wsm::sim
