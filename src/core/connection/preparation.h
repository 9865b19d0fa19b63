#pragma once

#include <string>
#include <vector>

#include <wsm/types.h>

namespace wsm {

/// The handler's answers that a connection begins with.
struct Preparation {
  std::string url;
  std::vector<Header> headers = {};
  std::vector<std::string> subprotocols = {};
};

}  // namespace wsm
