#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "core/supervisor/supervisor.h"
#include "sim/beginnings.h"
#include "sim/numbers.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What the ledger tells of gaps is what was really missing: of each subscription, from its first
/// message that was delivered to its last, each number was delivered or is counted as lost, and
/// never both. Looked at after each event and each delivery, not only in the end.
///
/// Where numbers are chained, or each connection has its own, nobody can count like that; but each
/// gap must be told, and none that there was not. Where they begin anew, nobody knows what was lost
/// before.
class LedgerOracle final : public Observer {
 public:
  explicit LedgerOracle(Verdict& verdict) : verdict_(verdict) {}

  /// Messages have no numbers, so that nobody can say how many are lost.
  void expect_no_numbers() { has_numbers_ = false; }
  void set_rules(Numbers numbers, std::size_t redundancy) {
    numbers_ = numbers;
    redundancy_ = redundancy;
  }

  void handle_wanted(Topic topic) override { accounts_[topic] = {}; }
  void handle_unwanted(Topic topic) override;
  void handle_delivered(ConnectionId id, const FeedMessage& message) override;
  void handle_renumbered(Topic topic, Sequence first) override { beginnings_.add(topic, first); }
  void handle_event(const EventKind& event) override;

  /// To be asked when all that has happened has been told.
  void check(const Supervisor& core);

 private:
  /// Of one subscription, since it is wanted.
  struct Account {
    Sequence first = 0;             // Zero: nothing has been delivered yet.
    Sequence last = 0;              // The highest.
    std::uint64_t last_number = 0;  // That the application knows it by.
    std::set<Sequence> missing;
    TimePoint last_at;
    ConnectionId last_from = {};
    TimePoint whole_at{};         // When the last snapshot came.
    TimePoint begun_anew_at{};    // When a message came of numbers that had begun anew.
    TimePoint passed_over_at{};   // When something was found missing, and whether it was told.
    bool has_begun_anew = false;  // Since the last look.
    bool is_told = true;
    bool is_behind = false;  // The last message was, and the one before that.
    bool was_behind = false;
    std::uint64_t lost = 0;  // As told.
    bool is_gap_open = false;
  };

  void note_passed_over(Account& account, ConnectionId id, const FeedMessage& message);
  void handle_opened(const event::GapOpened& gap);
  void handle_closed(const event::GapClosed& gap);
  void judge(Topic topic, const Account& account, const event::GapClosed& gap);
  void judge_numbers(Topic topic, const event::GapClosed& gap);
  void fail(Topic topic, const std::string& what);

  Verdict& verdict_;
  std::map<Topic, Account> accounts_;
  Beginnings beginnings_;
  bool has_numbers_ = true;
  Numbers numbers_ = Numbers::kByOne;
  std::size_t redundancy_ = 1;
  std::uint64_t lost_ = 0;  // Of all, those that are not wanted any more included.
  std::uint64_t gaps_ = 0;
};

}  // namespace wsm::sim
