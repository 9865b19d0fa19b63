#include "tail/config_options.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "tail/count_text.h"
#include "tail/duration_text.h"
#include "tail/options.h"

namespace wsm::tail {
namespace {

using Builder = ShardManagerConfigBuilder;
using Check = Result<void, std::string>;
using Text = std::optional<std::string> Arguments::*;

// That of the configuration, whose own complaint could not name the value.
constexpr Duration kLongest = std::chrono::hours{24 * 365};

constexpr std::uint64_t kUnbounded = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();

struct CountOption {
  std::string_view name;
  Text text;
  CountRange range;
  void (*set)(Builder& builder, std::uint64_t count);
};
constexpr std::array kCounts{
    CountOption{"--max-per-shard",
                &Arguments::max_per_shard,
                {1, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.max_subscriptions_per_shard(n); }},
    CountOption{"--batch",
                &Arguments::batch,
                {1, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.subscriptions_per_message(n); }},
    CountOption{"--batch-bytes",
                &Arguments::batch_bytes,
                {1, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.bytes_per_message(n); }},
    // One for answers to pings, one for everything else.
    CountOption{"--messages-per-window",
                &Arguments::messages_per_window,
                {2, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.messages_per_window(n); }},
    CountOption{"--connects-per-window",
                &Arguments::connects_per_window,
                {1, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.connects_per_window(n); }},
    CountOption{"--max-connections",
                &Arguments::max_connections,
                {1, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.max_connections(n); }},
    CountOption{"--max-subscriptions",
                &Arguments::max_subscriptions,
                {1, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.max_subscriptions(n); }},
    CountOption{"--redundancy",
                &Arguments::redundancy,
                {1, 8},
                [](Builder& b, std::uint64_t n) { b.redundancy(n); }},
    CountOption{"--shards-per-ip",
                &Arguments::shards_per_ip,
                {1, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.shards_per_ip(n); }},
    CountOption{
        "--max-redirects",
        &Arguments::max_redirects,
        {0, kMax32},
        [](Builder& b, std::uint64_t n) { b.max_redirects(static_cast<std::uint32_t>(n)); }},
    CountOption{"--breaker-threshold",
                &Arguments::breaker_threshold,
                {1, kMax32},
                [](Builder& b, std::uint64_t n) {
                  b.circuit_breaker_threshold(static_cast<std::uint32_t>(n));
                }},
    CountOption{"--subscription-timeout-intervals",
                &Arguments::subscription_timeout_intervals,
                {2, kMax32},
                [](Builder& b, std::uint64_t n) {
                  b.subscription_timeout_intervals(static_cast<std::uint32_t>(n));
                }},
    CountOption{"--queue-capacity",
                &Arguments::queue_capacity,
                {1, kUnbounded},
                [](Builder& b, std::uint64_t n) { b.queue_capacity(n); }},
};

struct TimeOption {
  std::string_view name;
  Text text;
  bool may_be_none;
  void (*set)(Builder& builder, std::optional<Duration> time);
};
using MaybeTime = std::optional<Duration>;
constexpr std::array kTimes{
    TimeOption{"--ping-interval", &Arguments::ping_interval, true,
               [](Builder& b, MaybeTime time) {
                 b.ping_interval(time);
                 if (!time) b.pong_timeout(std::nullopt);
               }},
    TimeOption{"--data-timeout", &Arguments::data_timeout, true,
               [](Builder& b, MaybeTime time) { b.data_timeout(time); }},
    TimeOption{"--subscription-timeout", &Arguments::subscription_timeout, false,
               [](Builder& b, MaybeTime time) { b.subscription_timeout(time); }},
    TimeOption{"--ack-timeout", &Arguments::ack_timeout, true,
               [](Builder& b, MaybeTime time) { b.acknowledgement_timeout(time); }},
    TimeOption{"--renew-every", &Arguments::renew_every, true,
               [](Builder& b, MaybeTime time) { b.proactive_reconnect_interval(time); }},
    TimeOption{"--window", &Arguments::window, false,
               [](Builder& b, MaybeTime time) { b.window(time); }},
    TimeOption{"--message-spacing", &Arguments::message_spacing, false,
               [](Builder& b, MaybeTime time) { b.message_spacing(time); }},
    TimeOption{"--connect-window", &Arguments::connect_window, false,
               [](Builder& b, MaybeTime time) { b.connect_window(time); }},
    TimeOption{"--breaker-reset-timeout", &Arguments::breaker_reset_timeout, false,
               [](Builder& b, MaybeTime time) { b.circuit_breaker_reset_timeout(*time); }},
};

struct Choice {
  std::string_view name;
  void (*set)(Builder& builder);
};
constexpr std::array kWhenFull{
    Choice{"block", [](Builder& b) { b.when_full(WhenFull::kBlock); }},
    Choice{"drop-oldest", [](Builder& b) { b.when_full(WhenFull::kDropOldest); }},
    Choice{"drop-newest", [](Builder& b) { b.when_full(WhenFull::kDropNewest); }},
    Choice{"latest", [](Builder& b) { b.when_full(WhenFull::kLatestPerSubscription); }},
};
constexpr std::array kCompression{
    Choice{"off", [](Builder& b) { b.compression(Compression::kOff); }},
    Choice{"on", [](Builder& b) { b.compression(Compression::kOn); }},
    Choice{"no-context-takeover",
           [](Builder& b) { b.compression(Compression::kNoContextTakeover); }},
};
struct ChoiceOption {
  std::string_view name;
  Text text;
  std::span<const Choice> choices;
};
constexpr std::array kChoices{
    ChoiceOption{"--when-full", &Arguments::when_full, kWhenFull},
    ChoiceOption{"--compression", &Arguments::compression, kCompression},
};

Failure<std::string> fault(std::string_view option, std::string_view problem) {
  return Failure{fmt::format("{}: {}", option, problem)};
}

Check apply_time(const TimeOption& option, const std::string& text, Builder& builder) {
  MaybeTime time;
  if (option.may_be_none) {
    const auto parsed = parse_duration_or_none(text);
    if (!parsed) return fault(option.name, parsed.error());
    time = *parsed;
  } else {
    const auto parsed = parse_duration(text);
    if (!parsed) return fault(option.name, parsed.error());
    time = *parsed;
  }
  if (time > kLongest) return fault(option.name, fmt::format("'{}' is more than 365d", text));
  option.set(builder, time);
  return {};
}

Check apply_choice(const ChoiceOption& option, const std::string& text, Builder& builder) {
  const auto choice = std::ranges::find(option.choices, text, &Choice::name);
  if (choice != option.choices.end()) {
    choice->set(builder);
    return {};
  }
  const auto others = option.choices.first(option.choices.size() - 1);
  return fault(option.name,
               fmt::format("must be {} or {}, not '{}'",
                           fmt::join(others | std::views::transform(&Choice::name), ", "),
                           option.choices.back().name, text));
}

}  // namespace

Check apply_config_options(const Arguments& arguments, Builder& builder) {
  for (const CountOption& option : kCounts) {
    const auto& text = arguments.*option.text;
    if (!text) continue;
    const auto count = parse_count(*text, option.range);
    if (!count) return fault(option.name, count.error());
    option.set(builder, *count);
  }
  for (const TimeOption& option : kTimes) {
    const auto& text = arguments.*option.text;
    if (!text) continue;
    if (auto applied = apply_time(option, *text, builder); !applied) return applied;
  }
  for (const ChoiceOption& option : kChoices) {
    const auto& text = arguments.*option.text;
    if (!text) continue;
    if (auto applied = apply_choice(option, *text, builder); !applied) return applied;
  }
  if (!arguments.source_ips.empty()) builder.source_ips(arguments.source_ips);
  if (!arguments.proxies.empty()) builder.proxies(arguments.proxies);
  return {};
}

}  // namespace wsm::tail
