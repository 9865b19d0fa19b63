#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <wsm/types.h>

#include "demo/frame.h"

namespace wsm::demo {

/// Where the running demo is shown.
class Screen {
 public:
  virtual ~Screen() = default;

  /// How often it wants to be shown a frame.
  [[nodiscard]] virtual Duration interval() const = 0;
  virtual void show(const Frame& frame) = 0;
  /// Ends the pictures; from now on there is only print().
  virtual void leave() = 0;
  /// Text that stays.
  virtual void print(std::string_view text) = 0;
  /// The errno of the first write that failed; 0 when none did.
  [[nodiscard]] virtual int write_error() const = 0;
};

enum class Colour : std::uint8_t {
  kNever,
  kInTerminal,  ///< Unless the environment has a NO_COLOR that is not empty.
};

[[nodiscard]] constexpr std::string_view to_string(Colour colour) {
  switch (colour) {
    case Colour::kNever: return "never";
    case Colour::kInTerminal: return "in a terminal";
  }
  return "unknown";
}

/// Draws in place when stdout is a terminal, five times a second, and otherwise writes a line a
/// second, which never has colours.
[[nodiscard]] std::unique_ptr<Screen> make_screen(Colour colour);

/// Makes the cursor visible again. Async-signal-safe.
void restore_terminal();

}  // namespace wsm::demo
