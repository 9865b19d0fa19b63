#pragma once

#include <functional>

#include <wsm/result.h>

#include "demo/accounting.h"
#include "demo/options.h"
#include "demo/screen.h"

namespace wsm::demo {

/// Runs the venue and a manager against each other over real sockets, keeps the timetable, and
/// settles the account. Blocks for the length of the plan, or until `is_interrupted`; then it still
/// mends what is broken, within seconds, so that the account is complete.
/// Errors: of the venue or the manager, when they cannot start.
[[nodiscard]] Result<Account> perform(const Plan& plan, Screen& screen,
                                      const std::function<bool()>& is_interrupted);

}  // namespace wsm::demo
