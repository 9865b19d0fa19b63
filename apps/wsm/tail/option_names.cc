#include "tail/option_names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace wsm::tail {
namespace {

struct FieldOption {
  std::string_view field;
  std::string_view option;
};

// Which option sets a field of the configuration. No other field can be at fault.
constexpr std::array kFieldOptions{
    FieldOption{"max_subscriptions_per_shard", "--max-per-shard"},
    FieldOption{"subscriptions_per_message", "--batch"},
    FieldOption{"bytes_per_message", "--batch-bytes"},
    FieldOption{"text_ping", "--text-ping"},
    FieldOption{"text_pong", "--text-pong"},
    FieldOption{"ping_interval", "--ping-interval"},
    FieldOption{"data_timeout", "--data-timeout"},
    FieldOption{"messages_per_window", "--messages-per-window"},
    FieldOption{"window", "--window"},
    FieldOption{"message_spacing", "--message-spacing"},
    FieldOption{"connects_per_window", "--connects-per-window"},
    FieldOption{"connect_window", "--connect-window"},
    FieldOption{"max_connections", "--max-connections"},
    FieldOption{"max_subscriptions", "--max-subscriptions"},
    FieldOption{"redundancy", "--redundancy"},
    FieldOption{"proactive_reconnect_interval", "--renew-every"},
    FieldOption{"compression", "--compression"},
    FieldOption{"source_ips", "--source-ip"},
    FieldOption{"shards_per_ip", "--shards-per-ip"},
    FieldOption{"proxies", "--proxy"},
    FieldOption{"max_redirects", "--max-redirects"},
    FieldOption{"tls.certificate_file", "--cert"},
    FieldOption{"tls.key_file", "--key"},
    FieldOption{"tls.pins", "--pin"},
    FieldOption{"circuit_breaker_threshold", "--breaker-threshold"},
    FieldOption{"circuit_breaker_reset_timeout", "--breaker-reset-timeout"},
    FieldOption{"subscription_timeout", "--subscription-timeout"},
    FieldOption{"subscription_timeout_intervals", "--subscription-timeout-intervals"},
    FieldOption{"acknowledgement_timeout", "--ack-timeout"},
    FieldOption{"queue_capacity", "--queue-capacity"},
    FieldOption{"when_full", "--when-full"},
};

bool belongs_to_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

std::string_view option_of(std::string_view word) {
  const auto* const known = std::ranges::find(kFieldOptions, word, &FieldOption::field);
  return known == kFieldOptions.end() ? word : known->option;
}

}  // namespace

// A problem may name a second field, as in "needs a ping_interval". Whole words only: one field is
// called `window`, and others end with that.
std::string with_option_names(std::string_view text) {
  std::string named;
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, belongs_to_a_name) - text.begin();
    const std::string_view word = text.substr(0, static_cast<std::size_t>(end));
    named += option_of(word);
    text.remove_prefix(word.size());
    if (text.empty()) break;
    named += text.front();
    text.remove_prefix(1);
  }
  return named;
}

}  // namespace wsm::tail
