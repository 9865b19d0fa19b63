#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include <wsm/event.h>

#include "demo/receipts.h"
#include "venue/topic.h"

namespace wsm::demo {

/// What the manager has told of gaps: the account that it gives of itself.
class GapLedger {
 public:
  struct Cause {
    std::uint64_t gaps = 0;  ///< Those that are not known to have cost nothing.
    std::uint64_t lost = 0;

    friend bool operator==(const Cause&, const Cause&) = default;
  };

  explicit GapLedger(std::size_t topics) : lost_(topics) {}

  void add(const event::GapClosed& gap);
  void add(const event::MessageLate& late);

  /// Of one topic; what came late has been taken off.
  [[nodiscard]] std::uint64_t lost(venue::TopicId topic) const { return lost_[topic.value()]; }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t late() const { return late_; }
  [[nodiscard]] const std::map<GapCause, Cause>& causes() const { return causes_; }

 private:
  std::vector<std::uint64_t> lost_;  // By TopicId.
  std::uint64_t total_ = 0;
  std::uint64_t late_ = 0;
  std::map<GapCause, Cause> causes_;
};

/// The ledger held against the venue's record and the receipts.
struct Audit {
  std::uint64_t lost = 0;
  std::uint64_t late = 0;  ///< Told to be lost at first.
  std::uint64_t duplicates_removed = 0;
  std::map<GapCause, GapLedger::Cause> causes = {};
  std::size_t topics_wrong = 0;  ///< Of which the ledger tells another number than is missing.
  std::uint64_t repeated = 0;  ///< Messages that the handler got more than once: a broken promise.

  [[nodiscard]] bool is_true() const { return topics_wrong == 0 && repeated == 0; }
};

/// `removed` is what the manager has counted, `repeated` what the receipts say. What is missing
/// of a topic is what the venue published between the first and the newest message that arrived,
/// and that did not arrive.
[[nodiscard]] Audit audit(const GapLedger& ledger, const Receipts& receipts, std::uint64_t removed,
                          std::uint64_t repeated);

}  // namespace wsm::demo
