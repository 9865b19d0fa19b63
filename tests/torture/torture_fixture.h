#pragma once

#include <cstddef>
#include <functional>
#include <new>
#include <string>

#include "manager/manager_fixture.h"
#include "torture/faults.h"
#include "torture/manager_threads.h"

namespace wsm::testing {

/// Tells a story of a manager again and again, and each time something else of what it asks the
/// system for is refused: one system call, or one allocation.
///
/// Nothing crashes, leaks or hangs. Either a command says that it has not been obeyed, or the
/// manager comes back by itself, or it has broken down and says so.
class TortureFixture : public ManagerFixture {
 protected:
  using Story = std::function<void()>;

  TortureFixture();

  /// The story begins behind start(), and before stop(). It must come to its end whatever happens.
  void torture(const Story& story);

  /// Gives a command, in the name of the manager. One that runs out of memory says so, and can be
  /// given again: nothing of it has been done, or the manager is over.
  template <class Command>
  auto command(Command give) {
    try {
      const OnBehalf manager_or_caller;
      return give();
    } catch (const std::bad_alloc&) {
      EXPECT_STRNE(allocations.failed(), "");
    }
    return give();
  }

  /// Whether everything becomes live and data comes. Otherwise it has broken down.
  bool expect_live();
  /// Waits until the notes are as they should be, or the manager has broken down.
  void expect_notes(const std::function<bool(const Notes&)>& condition);
  /// The same until an event of kind E has been told `count` times.
  template <class E>
  void expect_event(std::size_t count = 1) {
    expect_notes([count](const Notes& notes) { return notes.count<E>() >= count; });
  }
  /// Behind a start(). It is told of a little later.
  [[nodiscard]] bool is_broken() const {
    const auto started = manager->start();
    return !started && started.error().code == Errc::kBrokenDown;
  }

  /// Where the manager goes; empty: to the venue.
  std::string server_url;

 private:
  void fail_each(Faults& faults, const char* kind, const Story& story);
  void tell_once(Faults& faults, std::size_t fail_at, const Story& story);
  void live_through(const Story& story);
  void end();
  void expect_nothing_works();
};

}  // namespace wsm::testing
