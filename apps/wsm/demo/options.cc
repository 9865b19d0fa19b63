#include "demo/options.h"

#include <algorithm>

#include <fmt/format.h>

#include "venue/options.h"
#include "venue/topic.h"

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;

// Five incidents, each with the time to be found out and mended before the next.
constexpr std::uint64_t kSecondsMin = 5;
constexpr std::uint64_t kSecondsMax = 3'600;
// Each message is remembered until the end, in a byte.
constexpr std::uint64_t kMessagesMax = 100'000'000;
constexpr std::uint64_t kRateMax = 200'000;
constexpr std::uint64_t kRedundancyMax = 4;

Failure<Error> invalid(std::string detail) {
  return Failure{Error{Errc::kInvalidArgument, std::move(detail)}};
}

}  // namespace

Result<Plan> make_plan(const Options& options) {
  if (options.seconds < kSecondsMin || options.seconds > kSecondsMax) {
    return invalid(
        fmt::format("--seconds must be {} to {}: five things happen in that time, and "
                    "each is to be mended before the next",
                    kSecondsMin, kSecondsMax));
  }
  if (options.topics < 1 || options.topics > venue::kTopicsMax) {
    return invalid(fmt::format("--topics must be 1 to {}", venue::kTopicsMax));
  }
  const Duration length = std::chrono::seconds{options.seconds};
  const Duration data_timeout = std::clamp<Duration>(length / 10, 500ms, 2s);

  // A topic may wait for its next message for almost two rounds of all topics. If that took longer
  // than the time-out, a shard with few topics would look silent although it is not.
  const auto rate_min = static_cast<std::uint64_t>(2 * static_cast<std::int64_t>(options.topics) *
                                                   Duration{1s} / data_timeout);
  if (options.rate < rate_min || options.rate > kRateMax) {
    return invalid(
        fmt::format("--rate must be {} to {} with {} topics and {} seconds: a slower "
                    "topic could not be told from a silent connection",
                    rate_min, kRateMax, options.topics, options.seconds));
  }
  if (options.rate > kMessagesMax / options.seconds) {
    return invalid(fmt::format("--rate times --seconds must not exceed {}", kMessagesMax));
  }
  if (options.redundancy < 1 || options.redundancy > kRedundancyMax) {
    return invalid(fmt::format("--redundancy must be 1 to {}", kRedundancyMax));
  }
  const std::size_t cap = venue::Limits{}.subscriptions_per_connection;
  const std::size_t shards = (options.topics + cap - 1) / cap * options.redundancy;
  return Plan{.length = length,
              .topics = options.topics,
              .rate = options.rate,
              .seed = options.seed,
              .redundancy = options.redundancy,
              .subscriptions_per_connection = cap,
              .shards = shards,
              .data_timeout = data_timeout};
}

}  // namespace wsm::demo
