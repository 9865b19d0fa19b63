#pragma once

namespace wsm::testing {

/// Which threads work for the manager under test: those that were made by one that does. It begins
/// with a thread of the test that makes or calls the manager while an OnBehalf lives.
class OnBehalf {
 public:
  OnBehalf();
  ~OnBehalf();
  OnBehalf(const OnBehalf&) = delete;
  OnBehalf& operator=(const OnBehalf&) = delete;
};

/// Of the calling thread.
[[nodiscard]] bool works_for_manager();
/// Of the calling thread: it is the test's.
[[nodiscard]] bool is_on_behalf();

}  // namespace wsm::testing
