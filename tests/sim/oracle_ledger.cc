#include "sim/oracle_ledger.h"

#include <algorithm>
#include <string>
#include <utility>

namespace wsm::sim {

void LedgerOracle::handle_unwanted(Topic topic) { accounts_.erase(topic); }

void LedgerOracle::handle_delivered(ConnectionId id, const FeedMessage& message) {
  const auto entry = accounts_.find(message.topic);
  if (entry == accounts_.end()) return;
  Account& account = entry->second;
  account.last_at = verdict_.world().now();
  if (account.first == 0) account.first = account.last = message.sequence;
  account.was_behind = std::exchange(account.is_behind, message.sequence < account.last);
  note_passed_over(account, id, message);
  account.missing.erase(message.sequence);
  account.last = std::max(account.last, message.sequence);
  account.last_from = id;
  if (message.is_whole) account.whole_at = account.last_at;
  account.last_number = message.number.value_or(message.sequence);
}

void LedgerOracle::note_passed_over(Account& account, ConnectionId id, const FeedMessage& message) {
  const TimePoint now = verdict_.world().now();
  const bool is_next = message.sequence <= account.last + 1;
  // A snapshot that is behind what was delivered is taken for a new beginning.
  const bool goes_back = message.is_whole && message.sequence <= account.last;
  const bool begins_anew = beginnings_.any(message.topic, account.last, message.sequence);
  // A snapshot ends a chain: what came before it nobody can say.
  const bool is_unchained = numbers_ == Numbers::kChained && message.is_whole && !is_next;
  if (goes_back || begins_anew || is_unchained) account.begun_anew_at = now;
  if (goes_back) account.last = message.sequence;
  if (account.begun_anew_at == now) account.has_begun_anew = true;
  if (account.begun_anew_at == now || is_next) return;
  for (Sequence passed = account.last + 1; passed < message.sequence; ++passed) {
    account.missing.insert(passed);
  }
  account.passed_over_at = now;
  // What a connection that counts for itself has not sent, only a hole in its own numbers shows,
  // and of no more than two connections is known how far they have come.
  const bool is_own = numbers_ == Numbers::kOfConnection;
  const bool shows = id == account.last_from && message.number != account.last_number + 1;
  account.is_told = is_own && (!shows || redundancy_ > 1);
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
  // Numbers of two beginnings cannot be compared.
  const bool is_anew = account.begun_anew_at == now || numbers_ == Numbers::kOfConnection;
  if (account.last_at == now && (is_anew || gap.last_sequence < account.last_number)) return;
  if (gap.last_sequence == account.last_number) {
    if (gap.since_data == now - account.last_at) return;
    return fail(entry->first, "a gap is wrong about the age of the last message");
  }
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
  const TimePoint now = verdict_.world().now();
  if (gap.lost != 0U) account.is_told = true;
  if (account.begun_anew_at == now) return;
  account.lost += gap.lost.value_or(0);
  if (has_numbers_) judge(entry->first, account, gap);
}

void LedgerOracle::judge(Topic topic, const Account& account, const event::GapClosed& gap) {
  const TimePoint now = verdict_.world().now();
  const bool is_real = account.passed_over_at == now;
  switch (numbers_) {
    case Numbers::kByOne: return judge_numbers(topic, gap);
    case Numbers::kChained:
      if (gap.lost.value_or(0) > 0) fail(topic, "a gap counts what cannot be counted");
      // A snapshot does not say whether anything is.
      if (gap.lost == 0U || is_real || account.whole_at == now) return;
      return fail(topic, "a gap is told, but nothing is missing");
    case Numbers::kOfConnection:
      // Who brings what another one had not sent is level with that, and behind what came after it.
      if (gap.lost.value_or(0) > 0 && !is_real && !account.was_behind)
        fail(topic, "a gap is told, but nothing is missing");
      if (gap.cause == GapCause::kNumbersRestarted) fail(topic, "numbers do not go back here");
      return;
  }
}

void LedgerOracle::judge_numbers(Topic topic, const event::GapClosed& gap) {
  if (!gap.lost || !gap.last_sequence || !gap.next_sequence) {
    return fail(topic, "a gap does not say what was lost, though all numbers are known");
  }
  if (*gap.next_sequence > *gap.last_sequence &&
      *gap.next_sequence - *gap.last_sequence - 1 != *gap.lost) {
    fail(topic, "a gap is wrong about its own numbers");
  }
}

void LedgerOracle::check(const Supervisor& core) {
  for (auto& [topic, account] : accounts_) {
    if (!has_numbers_) break;
    // What else was lost in that very turn cannot be told from it.
    if (std::exchange(account.has_begun_anew, false)) account.lost = account.missing.size();
    if (!account.is_told) fail(topic, "messages are missing, and no gap was told");
    if (numbers_ != Numbers::kByOne || account.lost == account.missing.size()) continue;
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
