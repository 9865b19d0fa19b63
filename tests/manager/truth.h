#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <wsm/inspection.h>
#include <wsm/message.h>

#include "manager/journal.h"
#include "venue/record.h"

namespace wsm::testing {

/// What inspect() says of a message of the venue: whose data it is, and its number.
[[nodiscard]] Inspection<std::string> inspect_data(const Message& message);

/// What the venue sent for sure and the handler did not get, as topic:sequence; at most a few.
[[nodiscard]] std::vector<std::string> lost(const venue::Record& record, const Notes& notes);

/// Where the sequences of a topic do not count up by one within a connection, in words.
[[nodiscard]] std::vector<std::string> disordered(const Notes& notes);

/// The same, whatever connections they come from: each message once, and in order.
[[nodiscard]] std::vector<std::string> interrupted(const Notes& notes);

}  // namespace wsm::testing
