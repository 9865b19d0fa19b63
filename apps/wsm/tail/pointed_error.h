#pragma once

#include <cstddef>
#include <string>

namespace wsm::tail {

/// What is wrong with a text, and at which byte of it.
struct PointedError {
  std::string problem;
  std::string text;
  std::size_t position = 0;
};

/// The problem, and below it the part of the text around the place with a caret under it.
[[nodiscard]] std::string to_string(const PointedError& error);

}  // namespace wsm::tail
