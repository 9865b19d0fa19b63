#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <wsm/types.h>

namespace wsm {

/// The handler's answers that a connection begins with.
struct Preparation {
  std::string url;
  std::vector<Header> headers = {};
  std::vector<std::string> subprotocols = {};
  std::vector<std::string> urls = {};  ///< Of which `url` is one; empty if that is all.
  std::size_t place = 0;               ///< Of `url` in it.
};

}  // namespace wsm
