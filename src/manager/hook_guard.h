#pragma once

#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <wsm/result.h>

namespace wsm {

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
    return Failure{std::string{exception.what()}};
  } catch (...) {
    return Failure{std::string{"something that is no std::exception"}};
  }
}

}  // namespace wsm
