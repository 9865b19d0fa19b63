#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/join/number_join.h"
#include "unit/core/join/join_fixture.h"

namespace wsm::test {

/// Two connections that bring the same; the old one has brought 10.
class NumberJoinFixture : public ::testing::Test {
 protected:
  NumberJoinFixture() { join.add_lane(kNew); }

  JoinFate bring(ConnectionId connection, std::uint64_t number, bool restarts = false) {
    const std::string text = std::to_string(number);
    const JoinFate fate = join.handle(connection, text_message(text),
                                      {.sequence = number, .restarts = restarts}, now);
    if (fate == JoinFate::kDeliver) delivered.push_back(text);
    take_released(join, delivered);
    return fate;
  }
  void wait(Duration by) {
    now += by;
    join.handle_timeout(now);
    take_released(join, delivered);
  }
  void end(ConnectionId connection) {
    join.end_lane(connection, now);
    take_released(join, delivered);
  }

  TimePoint now{std::chrono::hours{1}};
  NumberJoin join{kOld, {.connection = kOld, .number = 10}, Speech::kSpeaking};
  std::vector<std::string> delivered;
};

}  // namespace wsm::test
