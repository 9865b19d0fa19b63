#include "tail/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

TEST(Tally, SumsWhatItsShardsBring) {
  Tally tally;
  tally.add_connection(ShardId{0});
  tally.add_message(ShardId{0}, 10);
  tally.add_message(ShardId{1}, 5);

  const auto total = tally.counts().total();

  EXPECT_EQ(total.messages, 2U);
  EXPECT_EQ(total.bytes, 15U);
  EXPECT_EQ(total.connections, 1U);
}

TEST(Tally, SummarisesARunInOneLine) {
  TallyCounts counts;
  counts.shards[ShardId{0}] = {.messages = 1, .bytes = 999, .connections = 1};

  EXPECT_EQ(summary_text(counts, 2s),
            "1 message, 999 bytes in 2 s (0.5/s); 1 connection, 0 reconnects");
}

TEST(Tally, SummarisesEachOfSeveralShards) {
  TallyCounts counts;
  counts.shards[ShardId{0}] = {.messages = 30, .bytes = 1'500'000, .connections = 3};
  counts.shards[ShardId{2}] = {.messages = 10, .bytes = 1000, .connections = 1};

  EXPECT_EQ(summary_text(counts, 4s),
            "40 messages, 1.5 MB in 4 s (10.0/s); 4 connections, 2 reconnects\n"
            "  shard 0: 30 messages, 1.5 MB, 2 reconnects\n"
            "  shard 2: 10 messages, 1.0 kB, 0 reconnects");
}

TEST(Tally, SummarisesARunInWhichNothingHappened) {
  EXPECT_EQ(summary_text({}, 0s),
            "0 messages, 0 bytes in 0 ms (0.0/s); 0 connections, 0 reconnects");
}

}  // namespace
}  // namespace wsm::tail
