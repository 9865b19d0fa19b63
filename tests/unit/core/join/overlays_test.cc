#include "core/join/overlays.h"

#include <algorithm>
#include <initializer_list>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

IdentityRing make_ring(std::initializer_list<Identity> identities) {
  IdentityRing ring;
  for (const Identity identity : identities) ring.push(identity);
  return ring;
}

/// One constant shift after the other, and each from its end on.
std::vector<Overlay> find_slowly(const IdentityRing& stream, const std::deque<Identity>& copy) {
  std::vector<Overlay> overlays;
  const auto length = static_cast<std::int64_t>(stream.end());
  for (std::int64_t shift = -static_cast<std::int64_t>(copy.size()); shift < length; ++shift) {
    const auto last =
        std::min<std::int64_t>(static_cast<std::int64_t>(copy.size()), length - shift);
    std::int64_t first = last;
    while (first > 0 && first + shift > 0 &&
           copy[static_cast<std::size_t>(first - 1)] ==
               stream.at(static_cast<std::uint64_t>(first - 1 + shift))) {
      --first;
    }
    if (first == last) continue;
    overlays.push_back({static_cast<std::uint64_t>(first + shift), static_cast<std::size_t>(first),
                        static_cast<std::size_t>(last)});
  }
  return overlays;
}

TEST(OverlaysTest, FindsACopyThatGoesBeyondTheStream) {
  EXPECT_THAT(find_overlays(make_ring({1, 2, 3}), {2, 3, 4}),
              UnorderedElementsAre(Overlay{.place = 1, .first = 0, .last = 2}));
}

TEST(OverlaysTest, FindsACopyWithinTheStream) {
  EXPECT_THAT(find_overlays(make_ring({1, 2, 3, 4}), {9, 2, 3}),
              UnorderedElementsAre(Overlay{.place = 1, .first = 1, .last = 3}));
}

TEST(OverlaysTest, FindsAllOfThem) {
  EXPECT_THAT(find_overlays(make_ring({7, 7}), {7, 7}),
              UnorderedElementsAre(Overlay{.place = 1, .first = 0, .last = 1},
                                   Overlay{.place = 0, .first = 0, .last = 2},
                                   Overlay{.place = 0, .first = 1, .last = 2}));
}

TEST(OverlaysTest, FindsNothingInNothing) {
  EXPECT_THAT(find_overlays(make_ring({}), {1, 2}), IsEmpty());
  EXPECT_THAT(find_overlays(make_ring({1, 2}), {}), IsEmpty());
}

TEST(OverlaysTest, FindsWhatASearchFinds) {
  SeededRng rng{1};
  for (int round = 0; round < 2'000; ++round) {
    IdentityRing stream;
    std::deque<Identity> copy;
    const std::uint64_t payloads = 1 + rng.below(4);
    for (std::uint64_t i = rng.below(30); i > 0; --i) stream.push(rng.below(payloads));
    for (std::uint64_t i = rng.below(30); i > 0; --i) copy.push_back(rng.below(payloads));

    ASSERT_THAT(find_overlays(stream, copy), UnorderedElementsAreArray(find_slowly(stream, copy)));
  }
}

}  // namespace
}  // namespace wsm
