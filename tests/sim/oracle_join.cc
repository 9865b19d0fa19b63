#include "sim/oracle_join.h"

#include <algorithm>
#include <string>

namespace wsm::sim {

void JoinOracle::handle_arrived(ConnectionId, Topic topic, Sequence sequence) {
  const TimePoint now = verdict_.world().now();
  if (now - last_arrival_ > kPatience / 4) woken_at_ = now;
  last_arrival_ = now;
  const auto entry = accounts_.find(topic);
  if (entry == accounts_.end()) return;
  Account& account = entry->second;
  const bool is_new = sequence > account.last && account.waiting.emplace(sequence, now).second;
  if (!is_new) ++repeated_;
}

void JoinOracle::handle_resumed() {
  is_paused_ = false;
  woken_at_ = verdict_.world().now();
}

void JoinOracle::handle_delivered(ConnectionId id, Topic topic, Sequence sequence) {
  const auto entry = accounts_.find(topic);
  if (entry == accounts_.end() || !has_numbers_) return;
  auto& [last, waiting] = entry->second;
  const auto fail = [&](const std::string& what) {
    verdict_.fail("join", name_of(id) + ": " + name_of(topic) + " message " +
                              std::to_string(sequence) + " " + what);
  };
  if (sequence <= last) return fail("is delivered after " + std::to_string(last));
  if (!waiting.contains(sequence)) return fail("is delivered, but has not arrived");
  if (waiting.begin()->first < sequence && !withholds_) {
    fail("is delivered, but " + std::to_string(waiting.begin()->first) + " is not");
  }
  waiting.erase(waiting.begin(), waiting.upper_bound(sequence));
  last = sequence;
}

void JoinOracle::check() {
  if (withholds_ || !has_numbers_ || is_paused_) return;
  for (const auto& [topic, account] : accounts_) {
    for (const auto& [sequence, since] : account.waiting) {
      if (last_arrival_ - std::max(since, woken_at_) < kPatience) continue;
      return verdict_.fail("join", name_of(topic) + ": message " + std::to_string(sequence) +
                                       " has arrived, and is not delivered");
    }
  }
}

}  // namespace wsm::sim
