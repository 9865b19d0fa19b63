#include "sim/oracle_ledger.h"

#include <algorithm>
#include <string>
#include <utility>

namespace wsm::sim {

void LedgerOracle::handle_unwanted(Topic topic) { accounts_.erase(topic); }

void LedgerOracle::handle_delivered(ConnectionId, Topic topic, Sequence sequence) {
  const auto entry = accounts_.find(topic);
  if (entry == accounts_.end()) return;
  Account& account = entry->second;
  account.last_at = verdict_.world().now();
  if (account.first == 0) account.first = account.last = sequence;
  for (Sequence passed = account.last + 1; passed < sequence; ++passed) {
    account.missing.insert(passed);
  }
  account.missing.erase(sequence);
  account.last = std::max(account.last, sequence);
}

void LedgerOracle::handle_event(const EventKind& event) {
  if (const auto* opened = std::get_if<event::GapOpened>(&event)) {
    handle_opened(*opened);
  } else if (const auto* closed = std::get_if<event::GapClosed>(&event)) {
    handle_closed(*closed);
  } else if (const auto* late = std::get_if<event::MessageLate>(&event)) {
    --lost_;
    const auto entry = accounts_.find(late->subscription.id);
    if (entry != accounts_.end()) --entry->second.lost;
  }
}

/// In the same turn more may have come of a connection that only drains: then it began before that.
void LedgerOracle::handle_opened(const event::GapOpened& gap) {
  const auto entry = accounts_.find(gap.subscription.id);
  if (entry == accounts_.end()) return;
  Account& account = entry->second;
  if (std::exchange(account.is_gap_open, true)) fail(entry->first, "a gap opened in a gap");
  const TimePoint now = verdict_.world().now();
  if (!has_numbers_) {
    const bool is_this_turn = account.last_at == now;
    if (!is_this_turn && gap.since_data != now - account.last_at)
      fail(entry->first, "a gap is wrong about its age");
    return;
  }
  if (gap.last_sequence == account.last) {
    if (gap.since_data == now - account.last_at) return;
    return fail(entry->first, "a gap is wrong about the age of the last message");
  }
  if (gap.last_sequence < account.last && account.last_at == now) return;
  fail(entry->first, "a gap does not begin behind the last message");
}

/// The message that closes it has been delivered already, and perhaps others of the same read.
void LedgerOracle::handle_closed(const event::GapClosed& gap) {
  lost_ += gap.lost.value_or(0);
  if (gap.lost != 0U) ++gaps_;
  const auto entry = accounts_.find(gap.subscription.id);
  if (entry == accounts_.end()) return;
  Account& account = entry->second;
  account.is_gap_open = false;
  account.lost += gap.lost.value_or(0);
  if (!has_numbers_) return;
  if (!gap.lost || !gap.last_sequence || !gap.next_sequence) {
    return fail(entry->first, "a gap does not say what was lost, though all numbers are known");
  }
  if (*gap.next_sequence > *gap.last_sequence &&
      *gap.next_sequence - *gap.last_sequence - 1 != *gap.lost) {
    fail(entry->first, "a gap is wrong about its own numbers");
  }
}

void LedgerOracle::check(const Supervisor& core) {
  for (const auto& [topic, account] : accounts_) {
    if (!has_numbers_ || account.lost == account.missing.size()) continue;
    fail(topic, std::to_string(account.lost) + " messages are told to be lost, but " +
                    std::to_string(account.missing.size()) + " are");
  }
  const Counters& counters = core.metrics(verdict_.world().now()).counters;
  if (counters.messages_lost != lost_ || counters.gaps != gaps_) {
    verdict_.fail("ledger", "the counters are " + std::to_string(counters.messages_lost) +
                                " lost in " + std::to_string(counters.gaps) +
                                " gaps, but the events told of " + std::to_string(lost_) + " in " +
                                std::to_string(gaps_));
  }
}

void LedgerOracle::fail(Topic topic, const std::string& what) {
  verdict_.fail("ledger", name_of(topic) + ": " + what);
}

}  // namespace wsm::sim
