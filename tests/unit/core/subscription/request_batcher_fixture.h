#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/subscription/request_batcher.h"

namespace wsm::test {

inline SubscriptionId id(SubscriptionId::rep number) { return SubscriptionId{number}; }

inline std::vector<SubscriptionId> ids(std::initializer_list<SubscriptionId::rep> numbers) {
  std::vector<SubscriptionId> result;
  for (const auto number : numbers) result.push_back(id(number));
  return result;
}

class RequestBatcherFixture : public ::testing::Test {
 protected:
  void make(const RequestBatcher::Options& options) { batcher.emplace(options, budget); }

  void want(std::initializer_list<SubscriptionId::rep> numbers) {
    for (const auto number : numbers) batcher->want(id(number));
  }

  /// The next batch in words.
  std::string take() {
    const auto batch = batcher->take_batch();
    if (!batch) return "nothing";
    std::string text{to_string(batch->kind)};
    for (const SubscriptionId each : batch->ids) text += ' ' + std::to_string(each.value());
    return text;
  }

  /// Sends one batch after the other until nothing is left.
  std::vector<std::string> ask_everything() {
    std::vector<std::string> batches;
    for (auto batch = take(); batch != "nothing"; batch = take()) {
      batches.push_back(batch);
      batcher->handle_sent(now);
    }
    return batches;
  }

  /// Wants and requests `numbers`.
  void request(std::initializer_list<SubscriptionId::rep> numbers) {
    want(numbers);
    (void)ask_everything();
  }

  /// Wants `number`, for which no message can be made.
  void put_off(SubscriptionId::rep number) {
    want({number});
    (void)take();
    (void)batcher->handle_unfit(now);
  }

  TimePoint now{std::chrono::hours{1}};
  SubscriptionBudget budget{std::nullopt};
  std::optional<RequestBatcher> batcher{std::in_place, RequestBatcher::Options{}, budget};
};

}  // namespace wsm::test
