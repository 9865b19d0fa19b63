// Checks a configuration: every fault, by the name of its field.

#include <chrono>
#include <cmath>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include <wsm/config.h>

#include "base/printable.h"
#include "wire/base64.h"
#include "wire/deflate_agreement.h"
#include "wire/ip_address.h"
#include "wire/proxy_url.h"
#include "wire/utf8_validator.h"

namespace wsm {
namespace {

// Longer ones are a mistake, and this keeps sums of time points from overflowing.
constexpr Duration kLongest = std::chrono::hours{24 * 365};

class Faults {
 public:
  void unless(bool is_good, std::string_view field, std::string_view problem) {
    if (!is_good) faults_.push_back({std::string{field}, std::string{problem}});
  }
  void unless_positive(Duration value, std::string_view field) {
    unless(value > Duration::zero(), field, "must be more than zero");
    unless_bounded(value, field);
  }
  void unless_positive_or_none(std::optional<Duration> value, std::string_view field) {
    unless(!value || *value > Duration::zero(), field, "must be more than zero, or none");
    if (value) unless_bounded(*value, field);
  }
  void unless_bounded(Duration value, std::string_view field) {
    unless(value <= kLongest, field, "must not be more than 365 days");
  }
  /// Names the one that is missing.
  void unless_together(bool has_one, std::string_view one, bool has_other, std::string_view other) {
    unless(has_one || !has_other, one, "is needed as well: both or neither");
    unless(has_other || !has_one, other, "is needed as well: both or neither");
  }
  [[nodiscard]] std::vector<ConfigFault> take() { return std::move(faults_); }

 private:
  std::vector<ConfigFault> faults_;
};

void check_sources(const ConnectionOptions& connection, Faults& faults) {
  faults.unless(connection.shards_per_ip > 0, "shards_per_ip", "must be at least 1");
  std::set<std::string> seen;
  for (const std::string& address : connection.source_ips) {
    const auto bytes = ip_address_bytes(address);
    const std::string shown = '"' + printable(address) + '"';
    faults.unless(bytes.has_value(), "source_ips",
                  shown + " is no IPv4 or IPv6 address in figures");
    if (bytes)
      faults.unless(seen.insert(*bytes).second, "source_ips", shown + " stands there twice");
  }
}

void check_proxies(const std::vector<std::string>& proxies, Faults& faults) {
  for (std::size_t i = 0; i < proxies.size(); ++i) {
    const auto url = parse_proxy_url(proxies[i]);
    if (url) continue;
    // The URL itself may have a password in it.
    const std::string which = proxies.size() > 1 ? "number " + std::to_string(i + 1) + ": " : "";
    faults.unless(false, "proxies", which + url.error().detail);
  }
}

/// RFC 7469, section 2.4: 32 bytes in base64.
bool is_pin(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256/";
  return text.size() == kPrefix.size() + 44 && text.starts_with(kPrefix) && text.ends_with('=') &&
         text.substr(kPrefix.size()).find_first_not_of(kBase64Digits) == 43;
}

void check_tls(const TlsOptions& tls, Faults& faults) {
  faults.unless_together(!tls.certificate_file.empty(), "tls.certificate_file",
                         !tls.key_file.empty(), "tls.key_file");
  for (const std::string& pin : tls.pins) {
    faults.unless(is_pin(pin), "tls.pins",
                  '"' + printable(pin) + "\" is not sha256/ and 44 characters of base64");
  }
}

void check_connection(const ConnectionOptions& connection, Faults& faults) {
  faults.unless_positive(connection.connect_timeout, "connect_timeout");
  faults.unless(connection.max_connect_attempts > 0, "max_connect_attempts", "must be at least 1");
  faults.unless(connection.circuit_breaker_threshold > 0, "circuit_breaker_threshold",
                "must be at least 1");
  faults.unless_positive(connection.circuit_breaker_reset_timeout, "circuit_breaker_reset_timeout");
  faults.unless_positive_or_none(connection.proactive_reconnect_interval,
                                 "proactive_reconnect_interval");
  faults.unless(connection.max_message_bytes > 0, "max_message_bytes", "must be at least 1");
  faults.unless(connection.max_decompressed_bytes > 0, "max_decompressed_bytes",
                "must be at least 1");
  const int bits = connection.compression_window_bits;
  faults.unless(bits >= kWindowBitsMin && bits <= kWindowBitsMax, "compression_window_bits",
                "must be from 8 to 15");
  check_sources(connection, faults);
  check_proxies(connection.proxies, faults);
  check_tls(connection.tls, faults);
}

void check_backoff(const BackoffOptions& backoff, Faults& faults) {
  faults.unless_positive(backoff.initial_delay, "backoff.initial_delay");
  faults.unless(backoff.max_delay >= backoff.initial_delay, "backoff.max_delay",
                "must not be less than backoff.initial_delay");
  faults.unless_bounded(backoff.max_delay, "backoff.max_delay");
  faults.unless(std::isfinite(backoff.multiplier) && backoff.multiplier >= 1.0,
                "backoff.multiplier", "must be a number of at least 1");
  faults.unless(backoff.stable_after >= Duration::zero(), "backoff.stable_after",
                "must not be negative");
  faults.unless_bounded(backoff.stable_after, "backoff.stable_after");
}

void check_health(const HealthOptions& health, Faults& faults) {
  faults.unless_positive_or_none(health.ping_interval, "ping_interval");
  faults.unless_positive_or_none(health.pong_timeout, "pong_timeout");
  faults.unless_positive_or_none(health.data_timeout, "data_timeout");
  faults.unless_positive_or_none(health.subscription_timeout, "subscription_timeout");
  faults.unless(health.subscription_timeout_intervals.value_or(2) >= 2,
                "subscription_timeout_intervals", "must be at least 2, or none");
  faults.unless_positive_or_none(health.acknowledgement_timeout, "acknowledgement_timeout");
  faults.unless(health.failure_threshold > 0, "failure_threshold", "must be at least 1");
  if (!health.text_ping) return;
  const std::string& ping = *health.text_ping;
  faults.unless(!ping.empty(), "text_ping", "must not be empty");
  faults.unless(is_utf8(std::as_bytes(std::span{ping})), "text_ping", "must be UTF-8");
  faults.unless(health.ping_interval.has_value(), "text_ping", "needs a ping_interval");
}

void check_sizes(const LimitOptions& limits, const DeliveryOptions& delivery, Faults& faults) {
  faults.unless(limits.subscriptions_per_message > 0, "subscriptions_per_message",
                "must be at least 1");
  faults.unless(limits.bytes_per_message > 0, "bytes_per_message", "must be at least 1");
  faults.unless(delivery.queue_capacity > 0, "queue_capacity", "must be at least 1");
  faults.unless(delivery.queue_bytes_max > 0, "queue_bytes_max", "must be at least 1");
}

void check_limits(const LimitOptions& limits, Faults& faults) {
  // One for answers, one for everything else.
  faults.unless(limits.messages_per_window.value_or(2) >= 2, "messages_per_window",
                "must be at least 2, or none");
  faults.unless_positive_or_none(limits.window, "window");
  faults.unless_positive_or_none(limits.message_spacing, "message_spacing");
  faults.unless(limits.connects_per_window != 0, "connects_per_window",
                "must be at least 1, or none");
  faults.unless_positive_or_none(limits.connect_window, "connect_window");
  faults.unless(limits.max_connections != 0, "max_connections", "must be at least 1, or none");
  faults.unless(limits.max_subscriptions != 0, "max_subscriptions", "must be at least 1, or none");
  faults.unless_together(limits.messages_per_window.has_value(), "messages_per_window",
                         limits.window.has_value(), "window");
  faults.unless_together(limits.connects_per_window.has_value(), "connects_per_window",
                         limits.connect_window.has_value(), "connect_window");
}

}  // namespace

std::string to_string(const ConfigError& error) {
  std::string text = "invalid configuration";
  for (const ConfigFault& fault : error.faults) {
    text += (&fault == &error.faults.front() ? ": " : "; ") + fault.field + ' ' + fault.problem;
  }
  return text;
}

Result<ShardManagerConfig, ConfigError> ShardManagerConfigBuilder::build() const {
  Faults faults;
  faults.unless(config_.manager_.max_subscriptions_per_shard != 0, "max_subscriptions_per_shard",
                "must be at least 1");
  faults.unless(config_.manager_.redundancy >= 1 && config_.manager_.redundancy <= 8, "redundancy",
                "must be from 1 to 8");
  check_connection(config_.connection_, faults);
  check_backoff(config_.backoff_, faults);
  check_health(config_.health_, faults);
  check_sizes(config_.limits_, config_.delivery_, faults);
  faults.unless(
      config_.delivery_.when_full == WhenFull::kBlock || !config_.connection_.low_latency_mode,
      "when_full", "needs the queue that low_latency_mode does without");
  check_limits(config_.limits_, faults);
  if (auto found = faults.take(); !found.empty()) return Failure{ConfigError{std::move(found)}};
  return config_;
}

}  // namespace wsm
