// A thousand switchovers at ten thousand messages a second, while sides die at any step. The whole
// number is for `wsm_sim rush`; here are as many as an instrumented build has time for.

#include "sim/rush.h"

#include <string>

#include <gtest/gtest.h>

namespace wsm::sim {
namespace {

class RushTest : public ::testing::TestWithParam<RushFeedKind> {
 protected:
  /// Where payloads repeat, each switchover takes ten times as much work.
  [[nodiscard]] static std::uint64_t switchovers() {
    return GetParam() == RushFeedKind::kRepeats ? 12 : 40;
  }
};

TEST_P(RushTest, LosesNothingThatSomebodyHasAndRepeatsNothing) {
  RushReport report = Rush{{.switchovers = switchovers(), .feed = GetParam()}}.run();

  EXPECT_EQ(report.fault, std::nullopt) << *report.fault;
  EXPECT_EQ(report.lost_needlessly, 0U);
  EXPECT_EQ(report.misplaced, 0U);
  EXPECT_GT(report.killed, 0U);
  EXPECT_GT(report.outcomes[SwitchoverOutcome::kProven], switchovers() / 3);
}

TEST_P(RushTest, LosesNothingAtAllWhileNobodyDies) {
  const RushReport report =
      Rush{{.switchovers = switchovers(), .feed = GetParam(), .sides_die = false}}.run();

  EXPECT_EQ(report.fault, std::nullopt) << *report.fault;
  EXPECT_EQ(report.lost + report.lost_needlessly + report.misplaced, 0U);
  EXPECT_EQ(report.excused.topics, 0U);
}

/// What others do: ready when the request is written. This test has to be able to find it out.
TEST_P(RushTest, FindsOutThatAWrittenRequestIsNoProof) {
  for (const Handover handover : {Handover::kWritten, Handover::kWrittenThenCut}) {
    const RushReport report =
        Rush{{.switchovers = 5, .feed = GetParam(), .sides_die = false, .handover = handover}}
            .run();

    EXPECT_NE(report.fault, std::nullopt) << to_string(handover);
    EXPECT_GT(report.lost_needlessly + report.misplaced, 0U) << to_string(handover);
  }
}

INSTANTIATE_TEST_SUITE_P(Feeds, RushTest, ::testing::ValuesIn(kRushFeedKinds),
                         [](const auto& feed) { return std::string{to_string(feed.param)}; });

}  // namespace
}  // namespace wsm::sim
