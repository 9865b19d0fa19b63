#include "usage/closest_name.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wsm {
namespace {

const std::vector<std::string> kNames{"--subscribe", "--unsubscribe", "--topics", "--topics-file"};

TEST(ClosestName, ForgivesLettersThatAreWrongMissingTooManyOrSwapped) {
  for (const char* name : {"--subcribe", "--subscrive", "--subsscribe", "--susbcribe"}) {
    EXPECT_EQ(closest_name(name, kNames), "--subscribe") << name;
  }
}

TEST(ClosestName, TakesTheClosestOfSeveral) {
  EXPECT_EQ(closest_name("--topic", kNames), "--topics");
  EXPECT_EQ(closest_name("--topics-fiel", kNames), "--topics-file");
}

TEST(ClosestName, IsNoneWhenNothingIsClose) {
  EXPECT_EQ(closest_name("--frobnicate", kNames), std::nullopt);
  EXPECT_EQ(closest_name("", kNames), std::nullopt);
  EXPECT_EQ(closest_name("x", {}), std::nullopt);
}

TEST(ClosestName, ForgivesAtMostOneLetterInThree) {
  const std::vector<std::string> tail{"tail"};

  EXPECT_EQ(closest_name("tial", tail), "tail");
  EXPECT_EQ(closest_name("toil", tail), "tail");
  EXPECT_EQ(closest_name("tool", tail), std::nullopt);
}

}  // namespace
}  // namespace wsm
