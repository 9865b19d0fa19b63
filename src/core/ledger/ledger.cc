#include "core/ledger/ledger.h"

#include <utility>

namespace wsm {
namespace {

using Kind = Continuity::Kind;

/// How many messages are known to be missing before one with this number; none when nobody can say.
std::optional<std::uint64_t> count_lost(const Continuity& numbers, const Numbering& numbering,
                                        const Continuity::Finding& finding) {
  switch (finding.kind) {
    case Kind::kNext:
    case Kind::kRepeated: return 0;
    case Kind::kAhead: return finding.missed;
    case Kind::kRestarted: {
      // A snapshot whose number goes on with the numbers says what it replaces.
      const bool goes_on = numbering.restarts && !numbering.previous &&
                           numbering.scope == NumberingScope::kFeed &&
                           *numbering.sequence > *numbers.last();
      if (goes_on) return *numbering.sequence - *numbers.last() - 1;
      return std::nullopt;
    }
    case Kind::kFirst:
    case Kind::kLate:
    case Kind::kUnnumbered: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void Ledger::begin(SubscriptionId id) {
  if (id.value() >= entries_.size()) entries_.resize(id.value() + 1);
  entries_[id.value()].is_desired = true;
}

void Ledger::end(SubscriptionId id) {
  Entry& entry = entries_.at(id.value());
  if (entry.account && entry.account->gap) --open_gaps_;
  entry = {};
}

void Ledger::pause(TimePoint now) {
  if (!paused_at_) paused_at_ = now;
}

void Ledger::resume(TimePoint now) {
  if (paused_at_) stood_still_ += now - *std::exchange(paused_at_, std::nullopt);
}

bool Ledger::handle_interrupted(SubscriptionId id, ShardId shard, GapCause cause,
                                std::optional<ConnectionId> interrupted, TimePoint now) {
  Account* account = find(id);
  if (!account || account->gap) return false;
  open(*account, id, shard, {cause, interrupted}, now);
  return true;
}

bool Ledger::handle_begun_anew(SubscriptionId id, ConnectionId connection, TimePoint now) {
  (void)handle_interrupted(id, connection.shard, GapCause::kNumbersRestarted, std::nullopt, now);
  Account* account = find(id);
  if (!account) return true;
  account->numbers.follow(connection);
  account->is_withheld = options_.recovery == GapRecovery::kDrop;
  return !account->is_withheld;
}

Ledger::Advice Ledger::handle_data(SubscriptionId id, ConnectionId connection,
                                   const Numbering& numbering, TimePoint now) {
  if (id.value() >= entries_.size() || !entries_[id.value()].is_desired) return Advice::kDeliver;
  auto& place = entries_[id.value()].account;
  if (!place) place = std::make_unique<Account>();
  Account& account = *place;
  if (account.is_withheld && !numbering.restarts) return withhold();
  const auto finding = judge(account, connection, numbering, now);
  if (options_.recovery == GapRecovery::kDrop && breaks(account, finding)) {
    if (!account.gap) open(account, id, connection.shard, {GapCause::kSequenceHole, {}}, now);
    account.is_withheld = true;
    if (finding.kind == Kind::kRestarted) account.numbers.follow(connection);
    return withhold();
  }
  const bool is_old = finding.kind == Kind::kRepeated || finding.kind == Kind::kLate;
  account.is_withheld = account.is_withheld && is_old;
  const bool is_other = is_from_other(account, connection);
  // From another connection it would break the order, which never breaks.
  if (finding.kind == Kind::kLate && is_other) return Advice::kPastIt;
  settle(account, id, connection, numbering, finding, now);
  account.numbers.accept(connection, numbering, finding);
  if (finding.kind == Kind::kRepeated && is_other) {
    ++out_.counters.duplicates_removed;
    return Advice::kPastIt;
  }
  account.last_at = now;
  account.last_from = connection;
  return advise(account, finding.is_hole, now);
}

/// What the numbers say, but for those that have been lower for too long to be repetitions: what
/// they follow upon is unknown then.
Continuity::Finding Ledger::judge(Account& account, ConnectionId connection,
                                  const Numbering& numbering, TimePoint now) const {
  const auto finding = account.numbers.judge(connection, numbering);
  if (!numbering.sequence || numbering.scope != NumberingScope::kFeed) return finding;
  const bool is_before = finding.kind == Kind::kRepeated || finding.kind == Kind::kLate;
  const bool is_behind = is_before && is_from_other(account, connection) &&
                         *numbering.sequence < *account.numbers.last();
  auto& behind = account.behind;
  if (!is_behind) {
    behind.reset();
    return finding;
  }
  const TimePoint awake = paused_at_.value_or(now) - stood_still_;
  const std::uint64_t sequence = *numbering.sequence;
  const bool is_again = behind && behind->connection != connection && sequence <= behind->last;
  if (!behind || (is_again && awake >= behind->last_at + kSettle)) behind = Behind{.since = awake};
  if (sequence <= behind->last) return finding;
  behind->connection = connection;
  behind->last = sequence;
  behind->last_at = awake;
  if (++behind->messages <= kRepetitionsMax || awake - behind->since < kSettle) return finding;
  behind.reset();
  return {.kind = Kind::kRestarted, .is_hole = !numbering.restarts};
}

bool Ledger::is_from_other(const Account& account, ConnectionId connection) {
  return account.last_from && account.last_from != connection;
}

void Ledger::handle_copy(SubscriptionId id, ConnectionId connection, const Numbering& numbering) {
  if (Account* account = find(id)) account->numbers.note_copy(connection, numbering);
}

Ledger::Advice Ledger::withhold() {
  ++out_.counters.messages_dropped;
  return Advice::kWithhold;
}

Ledger::Advice Ledger::advise(Account& account, bool is_hole, TimePoint now) const {
  const bool recovers =
      options_.recovery == GapRecovery::kAskAgain || options_.recovery == GapRecovery::kReconnect;
  if (!is_hole || !recovers || now < account.next_recovery) return Advice::kDeliver;
  account.next_recovery = now + options_.recovery_interval;
  return Advice::kDeliverAndRecover;
}

bool Ledger::has_open_gap(SubscriptionId id) const {
  const Account* account = find(id);
  return account && account->gap;
}

std::optional<TimePoint> Ledger::last_data(SubscriptionId id) const {
  const Account* account = find(id);
  return account ? std::optional{account->last_at} : std::nullopt;
}

LastDelivered Ledger::last_delivered(SubscriptionId id) const {
  const Account* account = find(id);
  if (!account) return {};
  const Continuity& numbers = account->numbers;
  return {account->last_from, numbers.last(), numbers.last_key(), numbers.carriers(),
          account->last_at};
}

Ledger::Account* Ledger::find(SubscriptionId id) const {
  return id.value() < entries_.size() ? entries_[id.value()].account.get() : nullptr;
}

void Ledger::open(Account& account, SubscriptionId id, ShardId shard, const OpenGap& gap,
                  TimePoint now) {
  account.gap = gap;
  ++open_gaps_;
  out_.events.emplace_back(
      event::GapOpened{{id}, shard, gap.cause, account.numbers.last(), now - account.last_at});
}

/// The message with `numbering` is the first behind the gap.
void Ledger::close(Account& account, SubscriptionId id, ConnectionId connection, GapCause cause,
                   const Numbering& numbering, std::optional<std::uint64_t> lost, TimePoint now) {
  if (std::exchange(account.gap, std::nullopt)) --open_gaps_;
  if (lost != 0U) ++out_.counters.gaps;
  out_.counters.messages_lost += lost.value_or(0);
  out_.events.emplace_back(event::GapClosed{{id},
                                            connection.shard,
                                            cause,
                                            account.numbers.last(),
                                            numbering.sequence,
                                            lost,
                                            now - account.last_at});
}

/// Whether a message ends the open gap of its subscription.
bool Ledger::closes(const Account& account, ConnectionId connection, const Numbering& numbering,
                    const Continuity::Finding& finding) {
  switch (finding.kind) {
    case Kind::kLate: return false;
    case Kind::kAhead:
    case Kind::kRestarted: return true;
    case Kind::kRepeated:
      // The newest of all, once more: the server has nothing newer, so nothing is missing.
      if (numbering.sequence != account.numbers.last()) return false;
      break;
    case Kind::kFirst:
    case Kind::kNext:
    case Kind::kUnnumbered: break;
  }
  return account.gap->interrupted != connection;
}

/// Whether what comes from here on is of no use to who needs every message. What is missing in an
/// overlap the other connection is going to bring.
bool Ledger::breaks(const Account& account, const Continuity::Finding& finding) {
  return finding.is_hole || (account.gap && finding.kind == Kind::kAhead);
}

/// Enters the message in the books, before it counts as the last one.
void Ledger::settle(Account& account, SubscriptionId id, ConnectionId connection,
                    const Numbering& numbering, const Continuity::Finding& finding, TimePoint now) {
  if (finding.kind == Kind::kLate) {
    --out_.counters.messages_lost;
    out_.events.emplace_back(event::MessageLate{{id}, connection.shard, *numbering.sequence});
    return;
  }
  const auto lost = count_lost(account.numbers, numbering, finding);
  if (account.gap) {
    if (!closes(account, connection, numbering, finding)) return;
    return close(account, id, connection, account.gap->cause, numbering, lost, now);
  }
  if (finding.kind == Kind::kAhead) {
    const auto cause = finding.is_hole ? GapCause::kSequenceHole : GapCause::kSwitchover;
    return close(account, id, connection, cause, numbering, lost, now);
  }
  if (finding.kind != Kind::kRestarted) return;
  if (!numbering.restarts) {
    return close(account, id, connection, GapCause::kNumbersRestarted, numbering, lost, now);
  }
  // Of a snapshot there is nothing to say, but for what it has passed over.
  if (lost.value_or(0) == 0) return;
  const bool is_hole = account.last_from == connection;
  const auto cause = is_hole ? GapCause::kSequenceHole : GapCause::kSwitchover;
  close(account, id, connection, cause, numbering, lost, now);
}

}  // namespace wsm
