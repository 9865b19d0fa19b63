#pragma once

#include "base/time.h"

namespace wsm {

/// While nothing is read, by our own choice, whatever waits for something to be read stands still,
/// and goes on with the time that it had left: a handler that falls behind again and again must not
/// keep a dead connection from being found. What was overdue gets this much, to read what has been
/// lying in the socket.
inline constexpr Duration kReadingTime = std::chrono::milliseconds{100};

}  // namespace wsm
