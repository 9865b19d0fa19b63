#pragma once

#include <gtest/gtest.h>

#include "sim/scenarios/stage.h"

namespace wsm::sim {

/// A stage, and no oracle may have anything to say at the end.
class ScenarioTest : public ::testing::Test, protected Stage {
 protected:
  void TearDown() override {
    if (client && core().status() == SupervisorStatus::kRunning) oracles.check(core());
    const auto& failure = oracles.verdict.failure();
    EXPECT_FALSE(failure) << failure->oracle << ": " << failure->what << '\n' << world.trace.tail();
  }
};

}  // namespace wsm::sim
