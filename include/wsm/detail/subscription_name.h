#pragma once

#include <concepts>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>

namespace wsm::detail {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

/// Text stays as it is; what can be printed is printed; for anything else there is no name.
template <class Subscription>
std::string default_name(const Subscription& subscription) {
  if constexpr (std::convertible_to<const Subscription&, std::string_view>) {
    return std::string{std::string_view{subscription}};
  } else if constexpr (Printable<Subscription>) {
    std::ostringstream text;
    text << subscription;
    return std::move(text).str();
  } else {
    return {};
  }
}

}  // namespace wsm::detail
