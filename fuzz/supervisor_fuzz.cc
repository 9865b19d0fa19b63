// The whole supervisor: the bytes decide on each step of a walk through commands, servers, faults
// and time (tests/support/walk.h), and are some of the bytes that servers send. Whatever has
// happened, what is desired comes back when the faults end.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include <gtest/gtest.h>

#include "base/assert.h"
#include "base/rng.h"
#include "support/walk.h"

namespace {

/// Takes each decision from the next bytes; when there are none left, the first possibility.
class ByteDice final : public wsm::Rng {
 public:
  explicit ByteDice(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t below(std::uint64_t bound) override {
    std::uint64_t number = 0;
    for (std::uint64_t range = 1; range < bound && !is_empty(); range <<= 8U) {
      number = number << 8U | bytes_.front();
      bytes_ = bytes_.subspan(1);
    }
    return number % bound;
  }
  [[nodiscard]] bool is_empty() const { return bytes_.empty(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

/// What the world finds is a crash here: there is no test that could fail.
void crash_if_failed() {
  WSM_ASSERT(!testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteDice dice{{data, size}};
  wsm::test::Walk walk{dice, 1};
  while (!dice.is_empty()) {
    walk.step();
    crash_if_failed();
  }
  walk.calm_down(std::chrono::minutes{3});
  walk.expect_everything_once();
  walk.stop();
  crash_if_failed();
  return 0;
}
