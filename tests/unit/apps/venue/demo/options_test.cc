#include "demo/options.h"

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(OptionsTest, TheDefaultsNeedThreeShards) {
  const auto plan = make_plan(Options{});

  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->length, 20s);
  EXPECT_EQ(plan->shards, 3U);
  EXPECT_EQ(plan->data_timeout, 2s);
}

TEST(OptionsTest, ShardsFollowFromTheCap) {
  EXPECT_EQ(make_plan({.topics = 500})->shards, 1U);
  EXPECT_EQ(make_plan({.topics = 501})->shards, 2U);
}

TEST(OptionsTest, EachShardHasItsCopies) { EXPECT_EQ(make_plan({.redundancy = 3})->shards, 9U); }

TEST(OptionsTest, TheDataTimeoutShrinksWithTheLength) {
  EXPECT_EQ(make_plan({.seconds = 10})->data_timeout, 1s);
  EXPECT_EQ(make_plan({.seconds = 5})->data_timeout, 500ms);
  EXPECT_EQ(make_plan({.seconds = 600})->data_timeout, 2s);
}

TEST(OptionsTest, TheSlowestRateStillFitsTwoRoundsIntoTheDataTimeout) {
  EXPECT_TRUE(make_plan({.rate = 1'100}));
  EXPECT_FALSE(make_plan({.rate = 1'099}));
}

struct BadOptions {
  Options options;
  std::string problem;
};

class BadOptionsTest : public ::testing::TestWithParam<BadOptions> {};

TEST_P(BadOptionsTest, AreRefusedByName) {
  const auto plan = make_plan(GetParam().options);

  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::kInvalidArgument);
  EXPECT_THAT(plan.error().detail, HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(All, BadOptionsTest,
                         ::testing::Values(BadOptions{{.seconds = 4}, "--seconds must be 5 to"},
                                           BadOptions{{.seconds = 3'601}, "--seconds"},
                                           BadOptions{{.topics = 0}, "--topics must be 1 to 9999"},
                                           BadOptions{{.topics = 10'000}, "--topics"},
                                           BadOptions{{.redundancy = 0}, "--redundancy must be 1"},
                                           BadOptions{{.redundancy = 5}, "--redundancy"},
                                           BadOptions{{.rate = 0}, "--rate must be 1100 to"},
                                           BadOptions{{.rate = 200'001}, "--rate"},
                                           BadOptions{{.seconds = 3'600, .rate = 100'000},
                                                      "--rate times --seconds"}));

}  // namespace
}  // namespace wsm::demo
