#include "wire/retry_after.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wsm {

namespace {

using Seconds = std::chrono::duration<std::int64_t>;

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// A very large number becomes kRetryAfterMax.
std::optional<Seconds> parse_seconds(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  constexpr auto kMax = std::chrono::duration_cast<Seconds>(kRetryAfterMax).count();
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    seconds = std::min(seconds * 10 + (c - '0'), kMax);
  }
  return Seconds{seconds};
}

/// Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), the one form
/// that may still be sent.
std::optional<Seconds> parse_http_date(std::string_view text) {
  constexpr std::string_view kForm = "___, 00 ___ 0000 00:00:00 GMT";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool is_digit = '0' <= text[i] && text[i] <= '9';
    const bool is_as_form = kForm[i] == '0' ? is_digit : kForm[i] == '_' || kForm[i] == text[i];
    if (!is_as_form) return std::nullopt;
  }
  const auto number = [text](std::size_t at, std::size_t size) {
    return static_cast<int>(parse_seconds(text.substr(at, size))->count());
  };
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const std::chrono::year_month_day day{
      std::chrono::year{number(12, 4)},
      std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1},
      std::chrono::day{static_cast<unsigned>(number(5, 2))}};
  if (!day.ok()) return std::nullopt;  // Also for a month that is not in the table.
  return std::chrono::sys_days{day}.time_since_epoch() + std::chrono::hours{number(17, 2)} +
         std::chrono::minutes{number(20, 2)} + std::chrono::seconds{number(23, 2)};
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view value, std::string_view date_header) {
  if (const auto seconds = parse_seconds(value)) return *seconds;
  const auto until = parse_http_date(value);
  const auto since = parse_http_date(date_header);
  if (!until || !since) return std::nullopt;
  return std::clamp<Seconds>(*until - *since, Seconds{0},
                             std::chrono::duration_cast<Seconds>(kRetryAfterMax));
}

}  // namespace wsm
