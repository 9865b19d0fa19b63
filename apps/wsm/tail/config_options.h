#pragma once

#include <string>

#include <wsm/config.h>
#include <wsm/result.h>

namespace wsm::tail {

struct Arguments;

/// Sets every field of the configuration that is one number, one time or one choice of the command
/// line. Errors: the first that is none, or out of its range, with the option's name. What does not
/// fit together, build() of `builder` finds.
[[nodiscard]] Result<void, std::string> apply_config_options(const Arguments& arguments,
                                                             ShardManagerConfigBuilder& builder);

}  // namespace wsm::tail
