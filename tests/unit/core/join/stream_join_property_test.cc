// Copies of one feed, cut and mixed at random, against the feed itself.

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "core/join/stream_join.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

/// How a feed repeats itself.
enum class Variety : std::uint8_t { kUnique, kFewPayloads, kLongRuns, kMostlyOne, kCount };

constexpr std::string_view to_string(Variety variety) {
  switch (variety) {
    case Variety::kUnique: return "Unique";
    case Variety::kFewPayloads: return "FewPayloads";
    case Variety::kLongRuns: return "LongRuns";
    case Variety::kMostlyOne: return "MostlyOne";
    case Variety::kCount: break;
  }
  return "";
}

struct Place {
  std::size_t index;
  std::uint64_t payload;
};

std::vector<std::uint64_t> make_feed(Variety variety, std::size_t length, SeededRng& rng) {
  std::vector<std::uint64_t> feed;
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < length; ++i) {
    switch (variety) {
      case Variety::kUnique: last = 1'000'000 + i; break;
      case Variety::kFewPayloads: last = rng.below(3); break;
      case Variety::kLongRuns:
        if (rng.below(12) == 0) last = rng.below(4);
        break;
      case Variety::kMostlyOne: last = rng.below(6) == 0 ? 1 + rng.below(3) : 0; break;
      case Variety::kCount: break;
    }
    feed.push_back(last);
  }
  return feed;
}

/// A connection that brings feed[first] to feed[last - 1]; late by so many messages at times.
struct Copy {
  ConnectionId id;
  std::size_t next;
  std::size_t last;
  bool is_over = false;
};

class StreamJoinPropertyTest : public ::testing::TestWithParam<Variety> {
 protected:
  /// Not a test for each: starting a thousand processes takes longer than all of their work.
  template <typename Scenario>
  void for_each_seed(Scenario scenario) {
    for (std::uint64_t seed = 1; seed <= 100 && !HasFailure(); ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      rng = SeededRng{seed};
      feed = make_feed(GetParam(), 4000, rng);
      join.reset();
      delivered.clear();
      scenario();
    }
  }
  void bring(Copy& copy) {
    const std::size_t index = copy.next++;
    const std::uint64_t payload = feed[index];
    // The index travels along, so that the test sees which copy was taken; the join does not.
    const Place place{index, payload};
    const Message message{MessageKind::kBinary, std::as_bytes(std::span{&place, 1})};
    if (join->handle(copy.id, message, payload, {}, now) == JoinFate::kDeliver) {
      delivered.push_back(index);
    }
    take_released();
    now += 100us;
  }
  void take_released() {
    while (const auto message = join->poll_released()) {
      Place place{};
      std::memcpy(&place, message->payload.data(), sizeof place);
      delivered.push_back(place.index);
    }
  }
  [[nodiscard]] bool are_equal(std::size_t first, std::size_t last) const {
    return std::all_of(feed.begin() + static_cast<std::ptrdiff_t>(first),
                       feed.begin() + static_cast<std::ptrdiff_t>(last),
                       [&](std::uint64_t payload) { return payload == feed[first]; });
  }
  void end(Copy& copy) {
    copy.is_over = true;
    join->end_lane(copy.id, now);
    take_released();
  }

  SeededRng rng{0};
  std::vector<std::uint64_t> feed;
  TimePoint now = TimePoint{} + 1h;
  std::optional<StreamJoin> join;
  std::vector<std::size_t> delivered;
};

/// Equal payloads look alike: after a gap nobody can say which of them is which.
class StreamJoinOfUniquePayloadsTest : public StreamJoinPropertyTest {};

std::vector<std::size_t> count_up(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// One connection after the other takes over, each while the last one lives: behind it or ahead.
TEST_P(StreamJoinPropertyTest, LosesAndRepeatsNothingWhileOneSideLives) {
  for_each_seed([&] {
    Copy serving{{ShardId{0}, Generation{1}}, 0, feed.size()};
    join.emplace(serving.id, IdentityKind::kPayload, std::nullopt, Speech::kSpeaking);
    std::uint32_t generation = 1;
    std::size_t switchovers = 0;
    while (serving.next < feed.size()) {
      const std::size_t lead = rng.below(300);
      const bool is_ahead = rng.below(2) == 0;
      for (std::size_t i = rng.below(200); i > 0 && serving.next < feed.size(); --i) bring(serving);
      // The new connection's stream begins somewhere around the place where the old one is.
      join->add_lane({ShardId{0}, Generation{++generation}});
      Copy fresh{{ShardId{0}, Generation{generation}}, serving.next, feed.size()};
      if (is_ahead) fresh.next = std::min(serving.next + lead, feed.size());
      const std::size_t behind = is_ahead ? 0 : lead;
      for (std::size_t i = 0; i < behind && serving.next < feed.size(); ++i) bring(serving);
      while (!join->is_proven(fresh.id) &&
             (serving.next < feed.size() || fresh.next < feed.size())) {
        Copy& side = rng.below(2) == 0 ? serving : fresh;
        if (side.next < feed.size()) bring(side);
      }
      if (!join->is_proven(fresh.id)) break;
      ++switchovers;
      // The old side dies at any time from now on.
      for (std::size_t i = rng.below(50); i > 0; --i) {
        Copy& side = rng.below(2) == 0 ? serving : fresh;
        if (side.next < feed.size()) bring(side);
      }
      end(serving);
      serving = fresh;
    }
    while (serving.next < feed.size()) bring(serving);

    ASSERT_GT(switchovers, 2U);
    // Equal payloads are equal: what counts is that the sequence of payloads is the feed.
    std::vector<std::uint64_t> payloads;
    for (const std::size_t index : delivered) payloads.push_back(feed[index]);
    EXPECT_EQ(payloads, feed);
    EXPECT_EQ(delivered, count_up(feed.size()));
  });
}

/// The serving connection dies before anything is proven, somewhere in the overlap.
TEST_P(StreamJoinPropertyTest, LosesAndRepeatsNothingWhenTheServingSideDiesInTheOverlap) {
  for_each_seed([&] {
    constexpr std::size_t kOverlap = 40;
    Copy serving{{ShardId{0}, Generation{1}}, 0, 600 + rng.below(400)};
    join.emplace(serving.id, IdentityKind::kPayload, std::nullopt, Speech::kSpeaking);
    for (std::size_t i = rng.below(500); i > 0; --i) bring(serving);
    join->add_lane({ShardId{0}, Generation{2}});
    Copy fresh{{ShardId{0}, Generation{2}}, serving.next, feed.size()};
    fresh.next += rng.below(serving.last - kOverlap - fresh.next);
    // Where all that both bring is equal, nobody can know how much of it is the same.
    while (are_equal(fresh.next, serving.last)) --fresh.next;
    while (serving.next < serving.last) {
      const bool is_late = fresh.next + 1 < serving.last && rng.below(4) == 0;
      bring(is_late ? fresh : serving);
    }

    end(serving);
    while (fresh.next < feed.size()) bring(fresh);
    now += StreamJoin::kSettle;
    join->handle_timeout(now);
    take_released();

    EXPECT_EQ(delivered, count_up(feed.size()));
    EXPECT_EQ(join->held_bytes(), 0U);
  });
}

/// What was lost is lost; nothing else is, and nothing is taken for what it is not.
TEST_P(StreamJoinOfUniquePayloadsTest, DeliversAllThatComesAfterAGap) {
  for_each_seed([&] {
    Copy serving{{ShardId{0}, Generation{1}}, 0, 200 + rng.below(200)};
    join.emplace(serving.id, IdentityKind::kPayload, std::nullopt, Speech::kSpeaking);
    join->add_lane({ShardId{0}, Generation{2}});
    Copy fresh{{ShardId{0}, Generation{2}}, serving.last + 1 + rng.below(50), feed.size()};
    const std::size_t first = fresh.next;
    while (serving.next < serving.last) {
      Copy& side = rng.below(3) == 0 ? fresh : serving;
      bring(side);
    }

    end(serving);
    while (fresh.next < feed.size()) bring(fresh);

    std::vector<std::size_t> expected = count_up(feed.size());
    expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(serving.last),
                   expected.begin() + static_cast<std::ptrdiff_t>(first));
    EXPECT_EQ(delivered, expected);
  });
}

/// Three connections, of which one dies again and again, whichever it is.
TEST_P(StreamJoinPropertyTest, LosesAndRepeatsNothingWhileConnectionsAreKilledOneByOne) {
  for_each_seed([&] {
    std::vector<Copy> copies;
    std::uint32_t generation = 0;
    copies.push_back({{ShardId{0}, Generation{++generation}}, 0, feed.size()});
    join.emplace(copies.front().id, IdentityKind::kPayload, std::nullopt, Speech::kSpeaking);
    std::size_t kills = 0;
    const auto furthest = [&] { return delivered.size(); };
    while (furthest() < feed.size()) {
      if (copies.size() < 3) {
        const ConnectionId id{ShardId{0}, Generation{++generation}};
        join->add_lane(id);
        // It is subscribed now: what is published from here on it brings.
        std::size_t published = 0;
        for (const Copy& copy : copies) published = std::max(published, copy.next);
        copies.push_back({id, std::min(published, feed.size()), feed.size()});
      }
      for (std::size_t i = 300; i > 0; --i) {
        Copy& side = copies[rng.below(copies.size())];
        if (side.next < feed.size()) bring(side);
      }
      // Only one that others can stand in for.
      const auto proven =
          std::ranges::count_if(copies, [&](const Copy& copy) { return join->is_proven(copy.id); });
      const std::size_t victim = rng.below(copies.size());
      if (proven < 2 || copies[victim].next >= feed.size()) continue;
      end(copies[victim]);
      copies.erase(copies.begin() + static_cast<std::ptrdiff_t>(victim));
      ++kills;
    }

    ASSERT_GT(kills, 3U);
    EXPECT_EQ(delivered, count_up(feed.size()));
  });
}

std::string name_of(const ::testing::TestParamInfo<Variety>& variety) {
  return std::string{to_string(variety.param)};
}

INSTANTIATE_TEST_SUITE_P(Feeds, StreamJoinPropertyTest,
                         ::testing::Values(Variety::kUnique, Variety::kFewPayloads,
                                           Variety::kLongRuns, Variety::kMostlyOne),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Feeds, StreamJoinOfUniquePayloadsTest, ::testing::Values(Variety::kUnique),
                         name_of);

}  // namespace
}  // namespace wsm
