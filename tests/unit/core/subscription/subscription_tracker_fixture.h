#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/subscription/subscription_tracker.h"

namespace wsm::test {

inline constexpr SubscriptionId kA{1};
inline constexpr SubscriptionId kB{2};
inline constexpr SubscriptionId kC{3};

class SubscriptionTrackerTest : public ::testing::Test {
 protected:
  void request(std::vector<SubscriptionId> ids, std::optional<std::uint64_t> number) {
    tracker.handle_requested(ids, number, now);
  }
  std::vector<SubscriptionId> acknowledge(std::uint64_t number,
                                          std::vector<SubscriptionId> rejected = {}) {
    return tracker.handle_answer({.role = MessageRole::kAcknowledgement,
                                  .subscription = {},
                                  .request = number,
                                  .rejected = std::move(rejected)},
                                 now);
  }
  std::vector<SubscriptionId> reject(std::optional<std::uint64_t> number,
                                     std::optional<SubscriptionId> id = {}) {
    return tracker.handle_answer(
        {.role = MessageRole::kRejection, .subscription = id, .request = number}, now);
  }
  std::optional<SubscriptionStatus> status(SubscriptionId id) const {
    const auto state = tracker.state(id, now);
    return state ? std::optional{state->status} : std::nullopt;
  }
  std::vector<SubscriptionId> silent_after(Duration by) {
    now += by;
    std::vector<SubscriptionId> ids;
    for (const auto& silent : tracker.take_silent(now)) ids.push_back(silent.id);
    return ids;
  }
  std::vector<SubscriptionId> overdue_after(Duration by) {
    now += by;
    return tracker.take_overdue(now);
  }

  TimePoint now{std::chrono::hours{1}};
  FeedKnowledge knowledge;
  SubscriptionTracker tracker{{.silence = {.longest = std::chrono::seconds{30}},
                               .acknowledgement_timeout = std::chrono::seconds{10}},
                              knowledge};
};

}  // namespace wsm::test
