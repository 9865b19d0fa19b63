#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace wsm {

/// Every span of time in the interface; any std::chrono literal converts to it.
using Duration = std::chrono::nanoseconds;

/// Wall-clock time, for what people read. The library never decides anything by it.
using SystemTime = std::chrono::system_clock::time_point;

/// An id, count or index that cannot be mistaken for another of the same representation.
template <class Tag, class Rep>
class StrongType {
 public:
  using rep = Rep;

  constexpr StrongType() = default;
  constexpr explicit StrongType(Rep value) : value_(value) {}

  [[nodiscard]] constexpr Rep value() const { return value_; }
  friend constexpr auto operator<=>(const StrongType&, const StrongType&) = default;

  /// Prints the bare number.
  template <class Char, class Traits>
  friend std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out,
                                                      StrongType id) {
    return out << id.value_;
  }

 private:
  Rep value_{};
};

/// A durable slot that carries subscriptions over one connection at a time. Never reused.
using ShardId = StrongType<struct ShardIdTag, std::uint32_t>;

/// Counts the connections of one shard, from 1. Never reused, so an answer that belongs to an old
/// connection can be told from one that belongs to its successor.
using Generation = StrongType<struct GenerationTag, std::uint32_t>;

/// One header of the upgrade request.
struct Header {
  std::string name;
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

}  // namespace wsm

template <class Tag, class Rep>
struct std::hash<wsm::StrongType<Tag, Rep>> {
  std::size_t operator()(wsm::StrongType<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};
