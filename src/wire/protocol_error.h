#pragma once

#include <cstdint>
#include <string>

namespace wsm {

enum class CloseCode : std::uint16_t;

/// What the peer broke: the code to close with and a sentence for the log.
struct ProtocolError {
  CloseCode code;
  std::string detail;
};

}  // namespace wsm
