#include "demo/receipts.h"

#include <limits>

#include "base/assert.h"

namespace wsm::demo {

void Receipts::add(venue::TopicId id, venue::Sequence sequence, const Source& source) {
  WSM_ASSERT(id.value() < topics_.size());
  if (sequence == 0 || sequence > kSequenceMax) return add_malformed();
  TopicReceipts& topic = topics_[id.value()];
  if (topic.arrivals.size() <= sequence) topic.arrivals.resize(sequence + 1);

  ++received_;
  std::uint8_t& arrivals = topic.arrivals[sequence];
  const bool is_first = arrivals == 0;
  if (arrivals < std::numeric_limits<std::uint8_t>::max()) ++arrivals;

  if (sequence > topic.newest) {
    topic.newest = sequence;
    topic.newest_from = source;
  } else if (is_first) {
    note_disorder(topic, source);
  }
}

void Receipts::note_disorder(const TopicReceipts& topic, const Source& source) {
  const bool is_late =
      source.shard == topic.newest_from.shard && source.generation < topic.newest_from.generation;
  if (is_late) {
    ++late_[source];
  } else {
    ++disordered_;
  }
}

}  // namespace wsm::demo
