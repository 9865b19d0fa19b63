#include "sim/pipe.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

class PipeTest : public ::testing::Test {
 protected:
  void make(const LinkQuality& quality) {
    pipe = std::make_shared<Pipe>(world, dice, quality);
    pipe->on_arrival = [this] {
      ++arrivals;
      read += pipe->arrived();
      pipe->consume(pipe->arrived().size());
    };
  }

  World world{1};
  Dice dice{1};
  std::shared_ptr<Pipe> pipe;
  std::string read;
  int arrivals = 0;
};

TEST_F(PipeTest, BringsWhatWasWrittenAfterItsLatency) {
  make({.latency = 10ms});
  pipe->write("hello");

  world.run_for(10ms - 1ns);
  EXPECT_EQ(read, "");
  world.run_for(1ns);
  EXPECT_EQ(read, "hello");
}

TEST_F(PipeTest, KeepsTheOrderWhateverTheJitter) {
  make({.latency = 1ms, .jitter = 1s, .cuts_one_segment_in = 2});
  std::string written;
  for (int i = 0; i < 100; ++i) {
    const std::string piece = std::to_string(i) + ' ';
    written += piece;
    pipe->write(piece);
    world.run_for(3ms);
  }
  world.run_for(2s);

  EXPECT_EQ(read, written);
}

TEST_F(PipeTest, CutsWritesIntoPieces) {
  make({.latency = 1ms, .jitter = 1ms, .cuts_one_segment_in = 1});
  pipe->write("two pieces");

  world.run_for(1s);

  EXPECT_EQ(arrivals, 2);
  EXPECT_EQ(read, "two pieces");
}

TEST_F(PipeTest, TakesTimeForEachByte) {
  make({.latency = 0s, .bytes_per_second = 1000});
  pipe->write(std::string(500, 'x'));

  world.run_for(500ms - 1ns);
  EXPECT_EQ(read.size(), 0U);
  world.run_for(1ns);
  EXPECT_EQ(read.size(), 500U);
}

TEST_F(PipeTest, CarriesOneWriteAfterTheOtherOverASlowLink) {
  make({.latency = 0s, .bytes_per_second = 1000});
  pipe->write(std::string(500, 'x'));
  pipe->write(std::string(500, 'y'));

  world.run_for(1s - 1ns);
  EXPECT_EQ(read.size(), 500U);
  world.run_for(1ns);
  EXPECT_EQ(read.size(), 1000U);
}

TEST_F(PipeTest, EndsBehindWhatWasWritten) {
  make({.latency = 10ms});
  pipe->write("last");
  pipe->finish();
  pipe->write("too late");

  EXPECT_EQ(pipe->end(), std::nullopt);
  world.run_for(10ms + 1ns);

  EXPECT_EQ(read, "last");
  EXPECT_EQ(pipe->end(), StreamEnd::kFinished);
}

TEST_F(PipeTest, HasNotEndedForAReaderThatHasNotReadAll) {
  make({});
  pipe->on_arrival = nullptr;
  pipe->write("unread");
  pipe->finish();
  world.run_for(1s);

  EXPECT_EQ(pipe->end(), std::nullopt);
  pipe->consume(6);
  EXPECT_EQ(pipe->end(), StreamEnd::kFinished);
}

TEST_F(PipeTest, LosesWhatIsUnderWayWithAReset) {
  make({.latency = 10ms});
  pipe->write("lost");
  world.run_for(5ms);

  pipe->reset();
  world.run_for(0s);

  EXPECT_EQ(arrivals, 1);
  EXPECT_EQ(pipe->end(), StreamEnd::kReset);
  world.run_for(1s);
  EXPECT_EQ(read, "");
}

TEST_F(PipeTest, TellsNobodyOfABlackHole) {
  make({.latency = 10ms});
  pipe->write("lost");

  pipe->lose_everything();
  pipe->write("lost, too");
  pipe->reset();
  world.run_for(1h);

  EXPECT_EQ(arrivals, 0);
  EXPECT_EQ(pipe->end(), std::nullopt);
}

TEST_F(PipeTest, OutlivesItsEndsWhileSomethingIsUnderWay) {
  make({.latency = 10ms});
  pipe->write("nobody is there");
  pipe->on_arrival = nullptr;
  pipe.reset();

  world.run_for(1s);
}

}  // namespace
}  // namespace wsm::sim
