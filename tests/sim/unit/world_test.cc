// The simulator's own parts, with toy actors.

#include "sim/world.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(WorldTest, BeginsAtANonZeroInstant) {
  const World world{1};
  EXPECT_GT(world.now(), TimePoint{});
  EXPECT_EQ(world.elapsed(), 0s);
}

TEST(WorldTest, RunsTasksInTheOrderOfTime) {
  World world{1};
  std::vector<int> order;
  world.after(2s, [&] { order.push_back(2); });
  world.after(1s, [&] { order.push_back(1); });

  world.run_for(2s);

  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST(WorldTest, RunsTasksOfOneInstantInTheOrderOfScheduling) {
  World world{1};
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) world.after(1s, [&order, i] { order.push_back(i); });

  world.run_for(1s);

  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST(WorldTest, RunsWhatIsDueAtTheEndAndNothingAfterIt) {
  World world{1};
  int count = 0;
  world.after(1s, [&] { ++count; });
  world.after(1s + 1ns, [&] { ++count; });

  world.run_for(1s);

  EXPECT_EQ(count, 1);
  EXPECT_EQ(world.elapsed(), 1s);
}

TEST(WorldTest, RunsATaskThatATaskSchedulesForNow) {
  World world{1};
  bool has_run = false;
  world.after(1s, [&] { world.after(0s, [&] { has_run = true; }); });

  world.run_for(1s);

  EXPECT_TRUE(has_run);
}

TEST(WorldTest, StopsWhenWhatIsAwaitedHasCome) {
  World world{1};
  int count = 0;
  for (int i = 1; i <= 5; ++i) world.after(i * 1s, [&] { ++count; });

  EXPECT_TRUE(world.run_until([&] { return count == 3; }, 1h));
  EXPECT_EQ(world.elapsed(), 3s);
}

TEST(WorldTest, GivesUpAtTheLimit) {
  World world{1};
  EXPECT_FALSE(world.run_until([] { return false; }, 10s));
  EXPECT_EQ(world.elapsed(), 10s);
}

TEST(WorldTest, RunsNothingAfterAStop) {
  World world{1};
  int count = 0;
  world.after(1s, [&] { world.stop(); });
  world.after(1s, [&] { ++count; });

  world.run_for(1h);

  EXPECT_EQ(count, 0);
  EXPECT_EQ(world.elapsed(), 1s);
}

TEST(WorldTest, GivesEachPurposeDiceOfItsOwn) {
  const World world{7};
  Dice first = world.dice("network");
  Dice again = world.dice("network");
  Dice other = world.dice("faults");
  const auto drawn = first.below(1'000'000'000);

  EXPECT_EQ(again.below(1'000'000'000), drawn);
  EXPECT_NE(other.below(1'000'000'000), drawn);
  EXPECT_NE(World{8}.dice("network").below(1'000'000'000), drawn);
}

}  // namespace
}  // namespace wsm::sim
