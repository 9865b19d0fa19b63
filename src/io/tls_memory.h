#pragma once

#include <new>

namespace wsm::io {

/// What OpenSSL has made. It makes nothing when there is no memory, and says so in no other way.
template <class Made>
[[nodiscard]] Made* or_bad_alloc(Made* made) {
  if (made == nullptr) throw std::bad_alloc{};
  return made;
}

/// The same of calls that fail for nothing else.
inline void or_bad_alloc(bool is_done) {
  if (!is_done) throw std::bad_alloc{};
}

}  // namespace wsm::io
