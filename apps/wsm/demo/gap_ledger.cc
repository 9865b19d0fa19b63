#include "demo/gap_ledger.h"

#include "venue/topic.h"

namespace wsm::demo {
namespace {

/// The venue numbers every message that it publishes, so that the numbers in between are its
/// record.
std::uint64_t count_missing(const TopicReceipts& topic) {
  std::uint64_t missing = 0;
  bool has_begun = false;
  for (venue::Sequence sequence = 1; sequence <= topic.newest; ++sequence) {
    const bool has_arrived = topic.count(sequence) > 0;
    has_begun = has_begun || has_arrived;
    if (has_begun && !has_arrived) ++missing;
  }
  return missing;
}

}  // namespace

void GapLedger::add(const event::GapClosed& gap) {
  const auto topic = venue::find_topic(gap.subscription.text, lost_.size());
  const std::uint64_t lost = gap.lost.value_or(0);
  if (topic) lost_[topic->value()] += lost;
  total_ += lost;
  if (gap.lost == 0U) return;
  ++causes_[gap.cause].gaps;
  causes_[gap.cause].lost += lost;
}

void GapLedger::add(const event::MessageLate& late) {
  const auto topic = venue::find_topic(late.subscription.text, lost_.size());
  if (topic) --lost_[topic->value()];
  --total_;
  ++late_;
}

Audit audit(const GapLedger& ledger, const Receipts& receipts, std::uint64_t removed,
            std::uint64_t repeated) {
  Audit result{.lost = ledger.total(),
               .late = ledger.late(),
               .duplicates_removed = removed,
               .causes = ledger.causes(),
               .repeated = repeated};
  for (std::uint32_t index = 0; index < receipts.topics().size(); ++index) {
    const std::uint64_t missing = count_missing(receipts.topics()[index]);
    if (ledger.lost(venue::TopicId{index}) != missing) ++result.topics_wrong;
  }
  return result;
}

}  // namespace wsm::demo
