#include "tail/duration_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <system_error>

#include <fmt/format.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

struct Unit {
  std::string_view name;
  Duration length;
};

constexpr std::array kUnits = std::to_array<Unit>({
    {"us", 1us},
    {"ms", 1ms},
    {"s", 1s},
    {"m", 1min},
    {"min", 1min},
    {"h", 1h},
    {"d", 24h},
});

// Far below the largest Duration, so that a deadline of "now + duration" cannot overflow.
constexpr Duration kLongest = 24h * 3650;

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

}  // namespace

Result<Duration, std::string> parse_duration(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{}) {
    return Failure{fmt::format("'{}' is no duration; write it like 500ms, 30s or 5m", text)};
  }
  const std::string_view unit_name{rest, static_cast<std::size_t>(end - rest)};
  const Unit* const unit = find_unit(unit_name);
  if (unit == nullptr) {
    return Failure{
        unit_name.empty()
            ? fmt::format("'{}' has no unit; write {}ms, {}s or {}m", text, text, text, text)
            : fmt::format("'{}' is no unit of time; there are us, ms, s, m, h and d", unit_name)};
  }
  const double nanoseconds = number * static_cast<double>(unit->length.count());
  if (!(nanoseconds >= 1)) return Failure{fmt::format("'{}' must be more than zero", text)};
  if (nanoseconds > static_cast<double>(kLongest.count())) {
    return Failure{fmt::format("'{}' is longer than ten years", text)};
  }
  return Duration{static_cast<Duration::rep>(nanoseconds)};
}

Result<std::optional<Duration>, std::string> parse_duration_or_none(std::string_view text) {
  if (text == "none") return std::optional<Duration>{};
  auto duration = parse_duration(text);
  if (!duration) return Failure{duration.error() + ", or none"};
  return std::optional<Duration>{*duration};
}

std::string duration_text(Duration duration) {
  using std::chrono::duration_cast;
  if (duration < 1s)
    return fmt::format("{} ms", duration_cast<std::chrono::milliseconds>(duration).count());
  if (duration < 1min) {
    const auto tenths = duration / 100ms;
    return tenths % 10 == 0 ? fmt::format("{} s", tenths / 10)
                            : fmt::format("{}.{} s", tenths / 10, tenths % 10);
  }
  if (duration < 1h) return fmt::format("{} min {} s", duration / 1min, duration % 1min / 1s);
  return fmt::format("{} h {} min", duration / 1h, duration % 1h / 1min);
}

}  // namespace wsm::tail
