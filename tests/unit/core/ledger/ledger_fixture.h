#pragma once

#include <chrono>
#include <optional>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ledger/ledger.h"

namespace wsm::test {

using namespace std::chrono_literals;
using Advice = Ledger::Advice;

inline constexpr SubscriptionId kId{3};
inline constexpr ShardId kShard{0};
inline constexpr ConnectionId kOld{kShard, Generation{1}};
inline constexpr ConnectionId kNew{kShard, Generation{2}};

class LedgerFixture : public ::testing::Test {
 protected:
  LedgerFixture() { ledger->begin(kId); }

  void make(GapRecovery recovery) {
    ledger.emplace(Ledger::Options{.recovery = recovery, .recovery_interval = 30s}, out);
    ledger->begin(kId);
  }
  Advice take(ConnectionId connection, std::uint64_t sequence) {
    return ledger->handle_data(kId, connection, {.sequence = sequence}, now);
  }
  Advice take_snapshot(ConnectionId connection, std::uint64_t sequence) {
    return ledger->handle_data(kId, connection, {.sequence = sequence, .restarts = true}, now);
  }
  void interrupt(GapCause cause, std::optional<ConnectionId> interrupted = std::nullopt) {
    ledger->handle_interrupted(kId, kShard, cause, interrupted, now);
  }
  template <class E>
  std::vector<E> events() const {
    std::vector<E> found;
    for (const EventKind& event : out.events) {
      if (const auto* match = std::get_if<E>(&event)) found.push_back(*match);
    }
    return found;
  }

  TimePoint now{1h};
  Outbox out;
  std::optional<Ledger> ledger{std::in_place, Ledger::Options{}, out};
};

}  // namespace wsm::test
