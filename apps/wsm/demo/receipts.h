#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "demo/source.h"
#include "venue/topic.h"

namespace wsm::demo {

/// What has arrived of one topic.
struct TopicReceipts {
  std::vector<std::uint8_t> arrivals;  ///< How often, by sequence; stays at 255.
  venue::Sequence newest = 0;          ///< The highest sequence so far.
  Source newest_from;                  ///< And the connection that brought it.

  [[nodiscard]] unsigned count(venue::Sequence sequence) const {
    return sequence < arrivals.size() ? arrivals[sequence] : 0;
  }
};

/// Everything that reached the handler, so that it can be held against the venue's record.
///
/// A message is out of order when it arrives for the first time after a younger one of its topic.
/// It is *late* when an older connection of its shard brought it: both sides of an overlap are read
/// independently. Otherwise its own connection broke the order.
class Receipts {
 public:
  explicit Receipts(std::size_t topics) : topics_(topics) {}

  /// Counts one message of `topic`, which must be one of those that the receipts were made for.
  /// A sequence beyond kSequenceMax is not counted as a message but as malformed.
  void add(venue::TopicId topic, venue::Sequence sequence, const Source& source);
  /// Counts a message that could not be read.
  void add_malformed() { ++malformed_; }

  [[nodiscard]] const std::vector<TopicReceipts>& topics() const { return topics_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }
  [[nodiscard]] std::uint64_t disordered() const { return disordered_; }
  /// Late messages by the connection that brought them.
  [[nodiscard]] const std::map<Source, std::uint64_t>& late() const { return late_; }

  /// More than any demo publishes; keeps a wrong number from becoming an allocation.
  static constexpr venue::Sequence kSequenceMax = 100'000'000;

 private:
  void note_disorder(const TopicReceipts& topic, const Source& source);

  std::vector<TopicReceipts> topics_;  // By TopicId.
  std::uint64_t received_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t disordered_ = 0;
  std::map<Source, std::uint64_t> late_;
};

}  // namespace wsm::demo
