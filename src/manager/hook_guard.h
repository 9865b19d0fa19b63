#pragma once

#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <wsm/result.h>

namespace wsm {

/// A copy of `text`; nothing if there is no memory for it, for where an exception would be one too
/// many.
[[nodiscard]] inline std::string text_if_possible(const char* text) noexcept {
  try {
    return text;
  } catch (...) {
    return {};
  }
}

/// Calls a hook and turns whatever it throws into its message.
template <class Hook>
auto call_guarded(Hook&& hook) -> Result<std::invoke_result_t<Hook>, std::string> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Hook>>) {
      std::forward<Hook>(hook)();
      return {};
    } else {
      return std::forward<Hook>(hook)();
    }
  } catch (const std::exception& exception) {
    return Failure{text_if_possible(exception.what())};
  } catch (...) {
    return Failure{text_if_possible("something that is no std::exception")};
  }
}

}  // namespace wsm
