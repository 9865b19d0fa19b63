#pragma once

#include <optional>

#include "base/time.h"

namespace wsm {

/// Tells when a connection that should carry data has carried none for too long.
///
/// Only data counts: pings, pongs, heartbeats and acknowledgements go on while a feed is dead, so
/// none of them is shown to this machine.
///
/// Sans-IO. Cost of handle_data(): one store.
class StallDetector {
 public:
  /// `data_timeout` none: never tells.
  explicit StallDetector(std::optional<Duration> data_timeout) : timeout_(data_timeout) {}

  // Commands.
  /// Data is expected from now on. While it already was: no change.
  void expect(TimePoint now);
  /// No data is expected: nothing is subscribed.
  void rest();
  /// Nothing is being read, by our own choice: the time until resume() does not count.
  void pause(TimePoint now);
  void resume(TimePoint now);

  // Inputs.
  void handle_data(TimePoint now) {
    if (silent_since_) silent_since_ = now;
  }

  // Outputs.
  /// The silence, once it has lasted for the time-out; it is counted anew from then.
  [[nodiscard]] std::optional<Duration> take_stall(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

 private:
  std::optional<Duration> timeout_;
  std::optional<TimePoint> silent_since_;  // Set while data is expected and we read.
  std::optional<Duration> silent_for_;     // The same while paused: how long it had been.
  bool is_paused_ = false;
};

}  // namespace wsm
