#pragma once

#include <cstdint>
#include <string_view>

#include "sim/feed.h"

namespace wsm::sim {

/// How a venue numbers the messages of a topic.
enum class Numbers : std::uint8_t {
  kByOne,         ///< Each is one more than the one before.
  kChained,       ///< In steps of any size; each names the one before.
  kOfConnection,  ///< Each connection counts what it brings.
};

[[nodiscard]] constexpr std::string_view to_string(Numbers numbers) {
  switch (numbers) {
    case Numbers::kByOne: return "by one";
    case Numbers::kChained: return "chained";
    case Numbers::kOfConnection: return "of the connection";
  }
  return "unknown";
}

/// The number of the message at `place`, from one on, of a chain.
[[nodiscard]] constexpr std::uint64_t chained_number(Sequence place) {
  return 10 * place + 7 * place % 10;
}

}  // namespace wsm::sim
