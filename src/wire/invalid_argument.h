#pragma once

#include <string>
#include <utility>

#include <wsm/result.h>

namespace wsm {

/// The failing side of whatever reads what somebody has written.
[[nodiscard]] inline Failure<Error> invalid_argument(std::string detail) {
  return Failure{Error{Errc::kInvalidArgument, std::move(detail)}};
}

}  // namespace wsm
