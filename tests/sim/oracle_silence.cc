#include "sim/oracle_silence.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace wsm::sim {

void SilenceOracle::handle_resumed() {
  is_paused_ = false;
  reading_since_ = std::max(reading_since_, verdict_.world().now());
}

void SilenceOracle::handle_asked(ConnectionId, const Request& request, std::size_t) {
  if (request.is_subscribe) asked_[request.id] = request.topics;
}

void SilenceOracle::handle_answered(ConnectionId, std::uint64_t request) {
  const auto asked = asked_.find(request);
  if (asked == asked_.end()) return;
  for (const Topic topic : asked->second) note_sign(topic);
}

void SilenceOracle::handle_arrived(ConnectionId, Topic topic, Sequence) {
  if (!first_data_at_) first_data_at_ = verdict_.world().now();
  note_sign(topic);
}

void SilenceOracle::handle_event(const EventKind& event) {
  const auto* changed = std::get_if<event::SubscriptionsChanged>(&event);
  if (changed == nullptr || changed->status != SubscriptionStatus::kLive) return;
  for (const SubscriptionName& name : changed->subscriptions) note_sign(name.id);
}

void SilenceOracle::note_sign(Topic topic) {
  const auto entry = last_sign_.find(topic);
  if (entry != last_sign_.end()) entry->second = verdict_.world().now();
}

void SilenceOracle::check(const Supervisor& core) {
  const TimePoint now = verdict_.world().now();
  if (!timeout_ || is_paused_ || now <= reading_since_ || !first_data_at_) return;
  const TimePoint oldest = now - *timeout_ - std::chrono::seconds{1};
  for (const auto& [topic, last_sign] : last_sign_) {
    if (std::max({last_sign, reading_since_, *first_data_at_}) >= oldest) continue;
    const auto state = core.subscription_state(topic, now);
    if (!state || state->status != SubscriptionStatus::kLive) continue;
    return verdict_.fail("silence", name_of(topic) + " is called live, and has had no data for " +
                                        clock_text(now - last_sign));
  }
}

}  // namespace wsm::sim
