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
  const bool is_new = sequence > account.highest && account.waiting.emplace(sequence, now).second;
  if (!is_new) ++repeated_;
}

void JoinOracle::handle_resumed() {
  is_paused_ = false;
  woken_at_ = verdict_.world().now();
}

void JoinOracle::handle_delivered(ConnectionId id, const FeedMessage& message) {
  const Topic topic = message.topic;
  const Sequence sequence = message.sequence;
  const auto entry = accounts_.find(topic);
  if (entry == accounts_.end() || !has_numbers_) return;
  Account& account = entry->second;
  auto& [last, highest, last_number, last_from, waiting, unsure] = account;
  const bool may_be_repeated = is_repeated(account, id, message);
  last_number = message.number.value_or(sequence);
  last_from = id;
  if (may_be_repeated) return;
  const auto fail = [&](const std::string& what) {
    verdict_.fail("join", name_of(id) + ": " + name_of(topic) + " message " +
                              std::to_string(sequence) + " " + what);
  };
  if (sequence <= last) return fail("is delivered after " + std::to_string(last));
  if (!waiting.contains(sequence) && !unsure.contains(sequence))
    return fail("is delivered, but has not arrived");
  // Of a new beginning, what a new connection brings before it is led in is taken for old.
  const bool is_anew = last > 0 && beginnings_.any(topic, last - 1, sequence);
  const bool may_pass_over = withholds_ || is_anew;
  const bool passes_over = !waiting.empty() && waiting.begin()->first < sequence;
  if (passes_over && !may_pass_over) {
    fail("is delivered, but " + std::to_string(waiting.begin()->first) + " is not");
  }
  waiting.erase(waiting.begin(), waiting.upper_bound(sequence));
  if (is_anew) {
    // What has come of it before it was found out may have been taken for old.
    for (const auto& [arrived, since] : waiting) unsure.insert(arrived);
    waiting.clear();
  }
  unsure.erase(unsure.begin(), unsure.upper_bound(sequence));
  last = highest = sequence;
}

/// A snapshot that is behind what a connection has brought that serves no longer, is taken for a
/// new beginning of the numbers, as it may be, and what follows upon it with it. So is what happens
/// to be the next number of another beginning.
bool JoinOracle::is_repeated(Account& account, ConnectionId id, const FeedMessage& message) {
  const Sequence sequence = message.sequence;
  if (sequence > account.highest) return false;
  const bool is_after_end =
      message.is_whole && id != account.last_from && over_.contains(account.last_from);
  const std::uint64_t number = message.number.value_or(sequence);
  const bool seems_next =
      message.is_whole || message.previous.value_or(number - 1) == account.last_number;
  const bool is_mistaken = seems_next && beginnings_.any(message.topic, sequence, account.last);
  const bool goes_on = sequence > account.last;
  if (!is_after_end && !is_mistaken && !goes_on) return false;
  account.last = sequence;
  account.waiting.erase(sequence);
  return true;
}

void JoinOracle::check() {
  if (withholds_ || !has_numbers_ || is_paused_) return;
  for (const auto& [topic, account] : accounts_) {
    for (const auto& [sequence, since] : account.waiting) {
      if (last_arrival_ - std::max(since, woken_at_) < kPatience) continue;
      // As long as others go on with the old numbers, low ones are taken for repetitions.
      if (beginnings_.any(topic, account.last, sequence)) break;
      return verdict_.fail("join", name_of(topic) + ": message " + std::to_string(sequence) +
                                       " has arrived, and is not delivered");
    }
  }
}

}  // namespace wsm::sim
