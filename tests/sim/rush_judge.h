#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <wsm/event.h>

#include "sim/rush_feed.h"
#include "sim/rush_line.h"

namespace wsm::sim {

/// Knows what was published, who has carried it and what has become of them, and judges by that
/// what the application gets: each message once, in order; and if any is missing, then because each
/// connection that could have brought it was killed.
class RushJudge {
 public:
  using Index = RushFeed::Index;
  using Lines = std::deque<std::shared_ptr<RushLine>>;  // All that there have been, in order.

  RushJudge(const RushFeed& feed, const Lines& lines) : feed_(feed), lines_(lines) {}

  /// The application has got a message. `sequence`: as it came; none where it had waited, and its
  /// payload does not say which one it is.
  void handle_delivered(Topic topic, std::optional<Sequence> sequence, std::string_view payload);
  /// A standby has taken over; `is_proven` is what the core says of it.
  void handle_promoted(const RushLine& old_line, const RushLine& fresh, bool is_proven);
  void handle_event(const EventKind& event);
  /// The connection that served was killed. `survivor` takes over, if there is one. Where messages
  /// have no numbers, nothing is promised of a topic that is not proven on it, until a message
  /// comes of which it is certain which one it is.
  void handle_killed(const RushLine& served, const RushLine* survivor);
  /// Whether there is one connection only, and it brings everything.
  void set_calm(bool is_calm) { is_calm_ = is_calm; }
  /// At the end, when all is calm.
  void check(std::uint64_t lost_by_ledger);

  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  /// Missing, and nobody had them: what the ledger has to tell.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::uint64_t lost_needlessly() const { return lost_needlessly_; }
  [[nodiscard]] std::uint64_t misplaced() const { return misplaced_; }
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }

  /// What was not judged.
  struct Excused {
    std::uint64_t topics = 0;    ///< Each time that one was not proven.
    std::uint64_t messages = 0;  ///< Delivered before it was certain which ones they are.
    /// As far as can be said afterwards: passed over, though somebody had them; and delivered once
    /// more, or out of order.
    std::uint64_t lost = 0;
    std::uint64_t repeated = 0;
  };
  [[nodiscard]] const Excused& excused() const { return excused_; }

 private:
  struct Stream {
    Sequence last = 0;
    bool is_excused = false;
  };
  using Gap = std::tuple<Topic, Sequence, Sequence>;  // What was delivered before it and after it.

  [[nodiscard]] bool is_joined(Topic topic, const RushLine& one, const RushLine& other) const;
  void deliver_excused(Topic topic, std::optional<Sequence> sequence);
  [[nodiscard]] bool is_excusable(Index index) const;
  void note_hole(Topic topic, Sequence before, Sequence after);
  void fail(Topic topic, const std::string& what);

  const RushFeed& feed_;
  const Lines& lines_;
  std::array<Stream, RushFeed::kTopics> streams_;
  std::vector<Gap> holes_;  // In what was delivered.
  std::vector<Gap> told_;   // By the core.
  bool is_calm_ = false;
  std::uint64_t delivered_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t lost_needlessly_ = 0;
  std::uint64_t misplaced_ = 0;  // Twice, or out of order.
  Excused excused_;
  std::optional<std::string> fault_;
};

}  // namespace wsm::sim
