#include "sim/oracle_withholding.h"

#include <algorithm>
#include <string>

namespace wsm::sim {

void WithholdingOracle::handle_delivered(ConnectionId id, const FeedMessage& message) {
  const auto entry = accounts_.find(message.topic);
  if (!is_asked_for_ || entry == accounts_.end()) return;
  Account& account = entry->second;
  const std::uint64_t number = message.number.value_or(message.sequence);
  // Numbers that have begun anew may happen to go on where the old ones ended.
  const bool seems_next = message.previous.value_or(number - 1) == account.last_number;
  const bool is_next = message.sequence == account.last + 1 || seems_next;
  if (account.last != 0 && !is_next && !message.is_whole) account.has_jumped = true;
  // Where numbers of one beginning pass for those of another, nobody knows what is next.
  account.has_withheld_later = message.sequence < account.last;
  account.last = message.sequence;
  account.last_number = number;
  account.last_from = id;
  account.next_withheld_at.reset();
}

void WithholdingOracle::handle_withheld(ConnectionId id, const FeedMessage& message) {
  const auto entry = accounts_.find(message.topic);
  if (!is_asked_for_ || entry == accounts_.end()) return;
  Account& account = entry->second;
  account.newest = std::max(account.newest, message.sequence);
  if (account.last == 0 || message.sequence <= account.last) return;
  // What comes behind those of another connection that were withheld is not put in front of them.
  const bool is_next = message.sequence == account.last + 1;
  if (!is_next) account.has_withheld_later = true;
  if (!is_next || account.has_withheld_later) return;
  // Who was replaced long ago is not trusted where numbers have begun anew since.
  const bool is_replaced =
      id.shard == account.last_from.shard && id.generation < account.last_from.generation;
  if (is_replaced) return;
  // As long as others go on with the old numbers, a low one is taken for a repetition.
  if (beginnings_.any(message.topic, account.last, message.sequence)) return;
  if (!account.next_withheld_at) account.next_withheld_at = verdict_.world().now();
}

/// What one of two connections has passed over, the other may be going to bring: that is no reason
/// to withhold what comes behind it.
void WithholdingOracle::handle_event(const EventKind& event) {
  const auto* closed = std::get_if<event::GapClosed>(&event);
  if (closed == nullptr || closed->cause != GapCause::kSwitchover) return;
  const auto entry = accounts_.find(closed->subscription.id);
  if (entry != accounts_.end()) entry->second.has_jumped = false;
}

void WithholdingOracle::check() {
  const TimePoint now = verdict_.world().now();
  for (const auto& [topic, account] : accounts_) {
    if (account.has_jumped) {
      return verdict_.fail("withholding", name_of(topic) + ": message " +
                                              std::to_string(account.last) +
                                              " is delivered behind a gap, and is no snapshot");
    }
    if (!account.next_withheld_at || now - *account.next_withheld_at < kPatience) continue;
    // Read late, with what comes behind a new beginning, it may pass for a part of that.
    if (beginnings_.any(topic, account.last - 1, account.newest)) continue;
    return verdict_.fail("withholding", name_of(topic) + ": message " +
                                            std::to_string(account.last + 1) +
                                            " is withheld, though nothing is missing before it");
  }
}

}  // namespace wsm::sim
