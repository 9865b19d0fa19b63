#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/join/joins.h"
#include "unit/core/join/join_fixture.h"

namespace wsm::test {

inline constexpr SubscriptionId kId{3};

/// A subscription that one connection has been asked for.
class JoinsFixture : public ::testing::Test {
 protected:
  JoinsFixture() {
    joins.add_connection(kOld);
    joins.add_connection(kNew);
    joins.begin(kId, kOld, {}, Speech::kSpeaking, now);
  }
  void overlap() {
    joins.begin(kId, kNew, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  }
  /// Of another shard again.
  void overlap_with_third() {
    constexpr ConnectionId kThird{ShardId{2}, Generation{1}};
    joins.add_connection(kThird);
    joins.begin(kId, kThird, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  }
  JoinFate bring(ConnectionId connection, std::uint64_t number, std::string_view text = "x") {
    const Inspected data{
        .role = MessageRole::kData, .subscription = kId, .numbering = {.sequence = number}};
    return joins.handle(kId, connection, text_message(text), data, now);
  }
  /// Its server is told to end it, and has had its time for that.
  void let_linger(ConnectionId connection) {
    joins.handle_told(kId, connection, now);
    now += Joins::kLinger;
    joins.handle_timeout(now);
  }
  /// A message without a number.
  JoinFate bring_note(ConnectionId connection) {
    const Inspected note{.role = MessageRole::kData, .subscription = kId, .numbering = {}};
    return joins.handle(kId, connection, text_message("note"), note, now);
  }
  std::vector<std::uint64_t> released() {
    std::vector<std::uint64_t> numbers;
    while (const auto one = joins.poll_released()) {
      EXPECT_EQ(one->id, kId);
      numbers.push_back(*one->message.numbering.sequence);
    }
    return numbers;
  }

  TimePoint now{std::chrono::hours{1}};
  Outbox out;
  Joins joins{{.held_bytes_max = 2 * HeldMessage::footprint(4)}, out};
};

}  // namespace wsm::test
