#include "demo/source.h"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace wsm::demo {
namespace {

/// Takes `prefix` and a number from the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::string target_of(const Source& source) {
  return fmt::format("/?shard={}&generation={}", source.shard.value(), source.generation.value());
}

std::optional<Source> source_of(std::string_view target) {
  const auto shard = take_number(target, "/?shard=");
  const auto generation = take_number(target, "&generation=");
  if (!shard || !generation || !target.empty()) return std::nullopt;
  return Source{ShardId{*shard}, Generation{*generation}};
}

}  // namespace wsm::demo
