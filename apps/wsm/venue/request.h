#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/result.h>

namespace wsm::venue {

enum class Operation : std::uint8_t { kSubscribe, kUnsubscribe };

[[nodiscard]] constexpr std::string_view to_string(Operation operation) {
  switch (operation) {
    case Operation::kSubscribe: return "subscribe";
    case Operation::kUnsubscribe: return "unsubscribe";
  }
  return "unknown";
}

/// What a client asks for: {"op":"subscribe","args":["T0001","T0002"],"id":7}.
struct Request {
  Operation operation;
  std::vector<std::string> args;
  std::optional<std::int64_t> id;  ///< Comes back in the answer.
};

/// Why a text is no request, in words for the client.
struct RequestFault {
  std::optional<std::int64_t> id;  ///< As far as the text had a readable one.
  std::string problem;
};

[[nodiscard]] Result<Request, RequestFault> parse_request(std::string_view text);

}  // namespace wsm::venue
