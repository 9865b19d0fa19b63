#include "sim/rush_judge.h"

#include <algorithm>

namespace wsm::sim {

void RushJudge::handle_delivered(Topic topic, std::optional<Sequence> sequence,
                                 std::string_view payload) {
  ++delivered_;
  Stream& stream = streams_[topic.value()];
  if (stream.is_excused) return deliver_excused(topic, sequence);
  const Sequence expected = stream.last + 1;
  if (!sequence) {
    if (payload != feed_.payload(topic, expected)) {
      ++misplaced_;
      fail(topic, "another message than " + std::to_string(expected) + " was delivered");
    }
    sequence = expected;
  }
  if (stream.last > 0 && *sequence > expected) note_hole(topic, stream.last, *sequence);
  if (*sequence < expected) {
    ++misplaced_;
    return fail(topic,
                std::to_string(*sequence) + " was delivered after " + std::to_string(stream.last));
  }
  stream.last = *sequence;
}

void RushJudge::handle_promoted(const RushLine& old_line, const RushLine& fresh, bool is_proven) {
  if (!is_proven) return;
  for (Topic::rep number = 0; number < RushFeed::kTopics; ++number) {
    const Topic topic{number};
    const Stream& stream = streams_[number];
    if (stream.is_excused || stream.last == 0) continue;
    Index missing = RushFeed::index_of(topic, stream.last + 1);
    while (missing < old_line.cursor()) missing += RushFeed::kTopics;
    if (missing < fresh.first(topic)) {
      fail(topic, "is called proven, and " + std::to_string(RushFeed::sequence_of(missing)) +
                      " can be lost");
    }
  }
}

void RushJudge::handle_event(const EventKind& event) {
  const auto* gap = std::get_if<event::GapClosed>(&event);
  if (!gap || feed_.kind() != RushFeedKind::kNumbers || gap->lost == 0U) return;
  told_.emplace_back(gap->subscription.id, gap->last_sequence.value_or(0),
                     gap->next_sequence.value_or(0));
}

void RushJudge::handle_killed(const RushLine& served, const RushLine* survivor) {
  if (feed_.kind() == RushFeedKind::kNumbers) return;
  for (Topic::rep number = 0; number < RushFeed::kTopics; ++number) {
    Stream& stream = streams_[number];
    if (stream.is_excused || (survivor && is_joined(Topic{number}, served, *survivor))) continue;
    stream.is_excused = true;
    ++excused_.topics;
  }
}

/// Whether both have brought enough to know how their messages lie to each other: by
/// docs/switchover.md, one key; three payloads in a row; or 64 that repeat, with 16 changes.
bool RushJudge::is_joined(Topic topic, const RushLine& one, const RushLine& other) const {
  const Index begin = std::max(one.first(topic), other.first(topic));
  const Index end = std::min(one.cursor(), other.cursor());
  const std::uint64_t common = begin < end ? (end - begin) / RushFeed::kTopics : 0;
  if (feed_.kind() == RushFeedKind::kKeys) return common >= 1;
  if (feed_.kind() == RushFeedKind::kPayloads) return common >= 3;
  const Sequence first = RushFeed::sequence_of(begin);
  std::uint64_t changes = 0;
  for (Sequence sequence = first + 1; sequence < first + common; ++sequence) {
    changes += feed_.payload(topic, sequence) != feed_.payload(topic, sequence - 1) ? 1 : 0;
  }
  return common >= 64 && changes >= 16;
}

void RushJudge::deliver_excused(Topic topic, std::optional<Sequence> sequence) {
  Stream& stream = streams_[topic.value()];
  ++excused_.messages;
  const bool is_clear = sequence && (is_calm_ || feed_.kind() != RushFeedKind::kRepeats);
  if (!is_clear) return;
  if (feed_.kind() != RushFeedKind::kRepeats) {
    if (*sequence <= stream.last) ++excused_.repeated;
    for (Sequence passed = stream.last + 1; passed < *sequence; ++passed) {
      ++(is_excusable(RushFeed::index_of(topic, passed)) ? lost_ : excused_.lost);
    }
  }
  stream = {*sequence, false};
}

void RushJudge::check(std::uint64_t lost_by_ledger) {
  if (feed_.kind() != RushFeedKind::kNumbers) return;
  std::ranges::sort(holes_);
  std::ranges::sort(told_);
  if (holes_ != told_) {
    fail(Topic{}, std::to_string(holes_.size()) +
                      " gaps, of which the core tells otherwise: " + std::to_string(told_.size()));
  }
  if (lost_ + lost_needlessly_ != lost_by_ledger) {
    fail(Topic{}, std::to_string(lost_ + lost_needlessly_) + " messages are lost, " +
                      std::to_string(lost_by_ledger) + " by the ledger");
  }
}

/// Whether nobody could have brought that message: all who carried it were killed, or it came when
/// the last one who had carried its topic had been.
bool RushJudge::is_excusable(Index index) const {
  const Topic topic = RushFeed::topic_of(index);
  const RushLine* last_before = nullptr;
  for (const auto& line : lines_) {
    if (line->first(topic) > index) continue;
    const bool has_carried = index < line->end();
    if (has_carried && !line->is_killed()) return false;
    if (!last_before || line->end() >= last_before->end()) last_before = line.get();
  }
  return last_before && last_before->is_killed();
}

void RushJudge::note_hole(Topic topic, Sequence before, Sequence after) {
  holes_.emplace_back(topic, before, after);
  for (Sequence sequence = before + 1; sequence < after; ++sequence) {
    if (is_excusable(RushFeed::index_of(topic, sequence))) {
      ++lost_;
    } else {
      ++lost_needlessly_;
      fail(topic, std::to_string(sequence) + " was lost, and somebody had it");
    }
  }
}

void RushJudge::fail(Topic topic, const std::string& what) {
  if (!fault_) fault_ = "topic " + std::to_string(topic.value()) + ": " + what;
}

}  // namespace wsm::sim
