#pragma once

#include <chrono>
#include <thread>

namespace wsm::testing {

/// How long a test waits for what must come: generous, for the machine may be busy.
inline constexpr std::chrono::seconds kPatience{30};

/// Waits until `condition` holds, for what nobody announces. False when kPatience is over first.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

/// How long `action` takes.
template <class Action>
[[nodiscard]] std::chrono::nanoseconds duration_of(Action action) {
  const auto began = std::chrono::steady_clock::now();
  action();
  return std::chrono::steady_clock::now() - began;
}

}  // namespace wsm::testing
