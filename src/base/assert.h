#pragma once

namespace wsm {

/// Prints `expression` with its place and ends the process. Never returns.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace wsm

/// States what must hold if this library has no bug. Stays on in release builds: a manager that has
/// lost track of its connections must not go on as if it had not.
#define WSM_ASSERT(expression) \
  ((expression) ? void(0) : ::wsm::assertion_failed(#expression, __FILE__, __LINE__))
