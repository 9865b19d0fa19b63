#pragma once

namespace wsm::demo {

/// Ctrl-C while it lives: the first asks the demo to come to its end, the second ends the process
/// on the spot, with the cursor restored. One at a time in a process.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  [[nodiscard]] bool was_requested() const;
};

}  // namespace wsm::demo
