#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "core/supervisor/supervisor.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What the ledger tells of gaps is what was really missing: of each subscription, from its first
/// message that was delivered to its last, each number was delivered or is counted as lost, and
/// never both. Looked at after each event and each delivery, not only in the end.
class LedgerOracle final : public Observer {
 public:
  explicit LedgerOracle(Verdict& verdict) : verdict_(verdict) {}

  /// Messages have no numbers, so that nobody can say how many are lost.
  void expect_no_numbers() { has_numbers_ = false; }

  void handle_wanted(Topic topic) override { accounts_[topic] = {}; }
  void handle_unwanted(Topic topic) override;
  void handle_delivered(ConnectionId id, Topic topic, Sequence sequence) override;
  void handle_event(const EventKind& event) override;

  /// To be asked when all that has happened has been told.
  void check(const Supervisor& core);

 private:
  /// Of one subscription, since it is wanted.
  struct Account {
    Sequence first = 0;  // Zero: nothing has been delivered yet.
    Sequence last = 0;   // The highest.
    std::set<Sequence> missing;
    TimePoint last_at;
    std::uint64_t lost = 0;  // As told.
    bool is_gap_open = false;
  };

  void handle_opened(const event::GapOpened& gap);
  void handle_closed(const event::GapClosed& gap);
  void fail(Topic topic, const std::string& what);

  Verdict& verdict_;
  std::map<Topic, Account> accounts_;
  bool has_numbers_ = true;
  std::uint64_t lost_ = 0;  // Of all, those that are not wanted any more included.
  std::uint64_t gaps_ = 0;
};

}  // namespace wsm::sim
