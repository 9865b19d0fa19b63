#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wsm {

/// Which of `known` somebody meant who wrote `name`; none when nothing is close. A letter that is
/// wrong, missing or too many counts one, and so do two neighbours in the wrong order; one in three
/// letters may be wrong.
[[nodiscard]] std::optional<std::string> closest_name(std::string_view name,
                                                      std::span<const std::string> known);

}  // namespace wsm
