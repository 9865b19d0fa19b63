// The setters of the builder, one a field.

#include <utility>

#include <wsm/config.h>

namespace wsm {

ShardManagerConfigBuilder ShardManagerConfig::builder() { return {}; }

ShardManagerConfigBuilder& ShardManagerConfigBuilder::max_subscriptions_per_shard(
    std::size_t count) {
  config_.manager_.max_subscriptions_per_shard = count;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::shard_selection_strategy(
    ShardSelectionStrategy strategy) {
  config_.manager_.shard_selection_strategy = strategy;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::hot_switchover(bool on) {
  config_.manager_.hot_switchover = on;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::auto_rebalance(bool on) {
  config_.manager_.auto_rebalance = on;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::rebalance_by(LoadMeasure measure) {
  config_.manager_.rebalance_by = measure;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::redundancy(std::size_t connections) {
  config_.manager_.redundancy = connections;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::connect_timeout(Duration timeout) {
  config_.connection_.connect_timeout = timeout;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::max_connect_attempts(std::uint32_t attempts) {
  config_.connection_.max_connect_attempts = attempts;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::circuit_breaker_threshold(
    std::uint32_t failures) {
  config_.connection_.circuit_breaker_threshold = failures;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::circuit_breaker_reset_timeout(
    Duration timeout) {
  config_.connection_.circuit_breaker_reset_timeout = timeout;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::proactive_reconnect_interval(
    std::optional<Duration> interval) {
  config_.connection_.proactive_reconnect_interval = interval;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::low_latency_mode(bool on) {
  config_.connection_.low_latency_mode = on;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::source_ips(
    std::vector<std::string> addresses) {
  config_.connection_.source_ips = std::move(addresses);
  return *this;
}
ShardManagerConfigBuilder& ShardManagerConfigBuilder::shards_per_ip(std::size_t shards) {
  config_.connection_.shards_per_ip = shards;
  return *this;
}
ShardManagerConfigBuilder& ShardManagerConfigBuilder::proxy(std::string url) {
  return proxies({std::move(url)});
}
ShardManagerConfigBuilder& ShardManagerConfigBuilder::proxies(std::vector<std::string> urls) {
  config_.connection_.proxies = std::move(urls);
  return *this;
}
ShardManagerConfigBuilder& ShardManagerConfigBuilder::tls(TlsOptions options) {
  config_.connection_.tls = std::move(options);
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::max_redirects(std::uint32_t redirects) {
  config_.connection_.max_redirects = redirects;
  return *this;
}
ShardManagerConfigBuilder& ShardManagerConfigBuilder::max_message_bytes(std::size_t bytes) {
  config_.connection_.max_message_bytes = bytes;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::compression(Compression offer) {
  config_.connection_.compression = offer;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::compression_window_bits(int bits) {
  config_.connection_.compression_window_bits = bits;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::max_decompressed_bytes(std::size_t bytes) {
  config_.connection_.max_decompressed_bytes = bytes;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::ping_interval(
    std::optional<Duration> interval) {
  config_.health_.ping_interval = interval;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::pong_timeout(
    std::optional<Duration> timeout) {
  config_.health_.pong_timeout = timeout;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::data_timeout(
    std::optional<Duration> timeout) {
  config_.health_.data_timeout = timeout;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::failure_threshold(std::uint32_t count) {
  config_.health_.failure_threshold = count;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::text_ping(std::optional<std::string> text) {
  config_.health_.text_ping = std::move(text);
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::text_pong(std::string text) {
  config_.health_.text_pong = std::move(text);
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::subscription_timeout(
    std::optional<Duration> timeout) {
  config_.health_.subscription_timeout = timeout;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::subscription_timeout_intervals(
    std::optional<std::uint32_t> intervals) {
  config_.health_.subscription_timeout_intervals = intervals;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::acknowledgement_timeout(
    std::optional<Duration> timeout) {
  config_.health_.acknowledgement_timeout = timeout;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::gap_recovery(GapRecovery recovery) {
  config_.health_.gap_recovery = recovery;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::subscriptions_per_message(std::size_t count) {
  config_.limits_.subscriptions_per_message = count;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::bytes_per_message(std::size_t bytes) {
  config_.limits_.bytes_per_message = bytes;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::messages_per_window(
    std::optional<std::size_t> frames) {
  config_.limits_.messages_per_window = frames;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::window(std::optional<Duration> length) {
  config_.limits_.window = length;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::message_spacing(
    std::optional<Duration> spacing) {
  config_.limits_.message_spacing = spacing;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::connects_per_window(
    std::optional<std::size_t> attempts) {
  config_.limits_.connects_per_window = attempts;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::connect_window(
    std::optional<Duration> length) {
  config_.limits_.connect_window = length;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::venue(std::string name) {
  config_.limits_.venue = std::move(name);
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::max_connections(
    std::optional<std::size_t> count) {
  config_.limits_.max_connections = count;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::max_subscriptions(
    std::optional<std::size_t> count) {
  config_.limits_.max_subscriptions = count;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::queue_capacity(std::size_t messages) {
  config_.delivery_.queue_capacity = messages;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::queue_bytes_max(std::size_t bytes) {
  config_.delivery_.queue_bytes_max = bytes;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::reserve_bytes_max(std::size_t bytes) {
  config_.delivery_.reserve_bytes_max = bytes;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::when_full(WhenFull choice) {
  config_.delivery_.when_full = choice;
  return *this;
}

ShardManagerConfigBuilder& ShardManagerConfigBuilder::backoff(BackoffOptions options) {
  config_.backoff_ = options;
  return *this;
}

}  // namespace wsm
