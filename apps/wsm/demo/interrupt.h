#pragma once

#include "process/stop_signals.h"

namespace wsm::demo {

/// Ctrl-C while it lives: the first asks the demo to come to its end, the second ends the process
/// on the spot, with the cursor restored. One at a time in a process.
class Interrupt {
 public:
  Interrupt();

  [[nodiscard]] bool was_requested() const;

 private:
  StopSignals signals_;
};

}  // namespace wsm::demo
