#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <wsm/inspection.h>

#include "core/connection/connection_id.h"
#include "core/ledger/last_delivered.h"
#include "core/ledger/missing_numbers.h"

namespace wsm {

/// Whether a message follows directly the one with the number `before`. Chained messages may stand
/// for whole ranges of numbers, of which two can overlap.
[[nodiscard]] bool follows(std::uint64_t before, const Numbering& numbering);

/// Follows the numbers of one subscription over all connections that bring it.
///
/// Theory. TCP keeps the order of one connection. So a number that is passed over there was never
/// sent there: a hole. A number that is passed over between two connections was lost with the one,
/// or the other is still going to bring it, when both live: it stays missing until it comes. A
/// number that was delivered before is a repetition, which an overlap is full of. On one connection
/// numbers that go back begin anew.
///
/// Sans-IO: judge() says what a message is, accept() takes it in. Cost of both: a few comparisons;
/// an allocation where numbers are missing.
class Continuity {
 public:
  enum class Kind : std::uint8_t {
    kFirst,       ///< Nothing came before it that its number could be compared with.
    kNext,        ///< It follows what came before.
    kAhead,       ///< Something before it is missing.
    kLate,        ///< It was missing.
    kRepeated,    ///< It has been delivered before.
    kRestarted,   ///< The numbers begin anew; whether anything is missing they cannot say.
    kUnnumbered,  ///< It has no number.
  };

  struct Finding {
    Kind kind = Kind::kUnnumbered;
    std::optional<std::uint64_t> missed = {};  ///< kAhead: how many, if the numbers can say.
    bool is_hole = false;                      ///< kAhead: on the very connection that brings it.

    friend bool operator==(const Finding&, const Finding&) = default;
  };

  [[nodiscard]] Finding judge(ConnectionId connection, const Numbering& numbering) const;
  /// It is not delivered, for another connection has brought it: what comes behind it on this one
  /// still follows upon it.
  void note_copy(ConnectionId connection, const Numbering& numbering);
  /// The numbers have begun anew on `connection`: the next snapshot is one of the new ones,
  /// whatever its number, and whoever brings it.
  void follow(ConnectionId connection);
  /// `finding` is what judge() said of it.
  void accept(ConnectionId connection, const Numbering& numbering, const Finding& finding);

  /// The highest number so far, or the last one where each connection has its own.
  [[nodiscard]] std::optional<std::uint64_t> last() const { return last_; }
  /// The one that has spoken last is the first.
  [[nodiscard]] const NumbersOfConnections& carriers() const { return carriers_; }
  /// The key of the last message, if it had one.
  [[nodiscard]] std::optional<std::uint64_t> last_key() const { return last_key_; }

 private:
  [[nodiscard]] NumberOfConnection find(ConnectionId connection) const;
  [[nodiscard]] bool goes_on_behind(ConnectionId connection, const Numbering& numbering) const;
  [[nodiscard]] bool is_read_late(ConnectionId connection) const;
  [[nodiscard]] Finding judge_connection(ConnectionId connection, const Numbering& numbering) const;
  [[nodiscard]] Finding judge_feed(std::optional<std::uint64_t> before,
                                   const Numbering& numbering) const;
  [[nodiscard]] static bool goes_on(const NumberOfConnection& known, std::uint64_t sequence);
  void remember(const NumberOfConnection& carrier);
  [[nodiscard]] NumbersOfConnections::iterator find_oldest();

  std::optional<std::uint64_t> last_;
  std::optional<std::uint64_t> last_key_;
  NumbersOfConnections carriers_;
  MissingNumbers missing_;
};

[[nodiscard]] constexpr std::string_view to_string(Continuity::Kind kind) {
  switch (kind) {
    case Continuity::Kind::kFirst: return "first";
    case Continuity::Kind::kNext: return "next";
    case Continuity::Kind::kAhead: return "ahead";
    case Continuity::Kind::kLate: return "late";
    case Continuity::Kind::kRepeated: return "repeated";
    case Continuity::Kind::kRestarted: return "restarted";
    case Continuity::Kind::kUnnumbered: return "unnumbered";
  }
  return "unknown";
}

}  // namespace wsm
