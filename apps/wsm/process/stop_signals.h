#pragma once

namespace wsm {

/// SIGINT and SIGTERM while it lives: the first asks for the end, a second wish (see StopWishes)
/// ends the process on the spot with ExitCode::kInterrupted. One at a time in a process.
class StopSignals {
 public:
  /// What to do in the signal handler; async-signal-safe.
  using Reaction = void (*)();

  /// `on_first` runs at the first signal, `before_exit` at the second.
  StopSignals(Reaction on_first, Reaction before_exit);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  [[nodiscard]] bool have_come() const;
};

/// For a StopSignals that has nothing to do.
inline void do_nothing() {}

}  // namespace wsm
