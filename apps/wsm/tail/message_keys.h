#pragma once

#include <optional>
#include <string>

#include <wsm/result.h>

namespace wsm::tail {

struct Arguments;

/// Where the JSON messages of a feed say what the manager needs to know of them, as JSON pointers
/// (RFC 6901). All empty: nobody looks into messages.
struct MessageKeys {
  std::optional<std::string> topic;     ///< Data: whose it is.
  std::optional<std::string> sequence;  ///< Data: its number.
  std::optional<std::string> previous;  ///< Data: the number before; without one it is a snapshot.
  std::optional<std::string> request;   ///< Answers: the $id of the request.
  std::optional<std::string> error;     ///< Refusals: why.
};

/// Errors: a place that is none, and one that is of no use without another option.
[[nodiscard]] Result<MessageKeys, std::string> read_message_keys(const Arguments& arguments);

}  // namespace wsm::tail
