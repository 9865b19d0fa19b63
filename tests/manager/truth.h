#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "manager/journal.h"
#include "venue/record.h"

namespace wsm::testing {

/// What the venue sent for sure and the handler did not get, as topic:sequence; at most a few.
[[nodiscard]] std::vector<std::string> lost(const venue::Record& record, const Notes& notes);

/// Where the sequences of a topic do not count up by one within a connection, in words.
[[nodiscard]] std::vector<std::string> disordered(const Notes& notes);

}  // namespace wsm::testing
