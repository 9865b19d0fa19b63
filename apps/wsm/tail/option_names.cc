#include "tail/option_names.h"

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
};

}  // namespace

// A problem may name a second field, as in "needs a ping_interval".
std::string with_option_names(std::string text) {
  for (const auto& [field, option] : kFieldOptions) {
    for (std::size_t at = text.find(field); at != std::string::npos;
         at = text.find(field, at + option.size())) {
      text.replace(at, field.size(), option);
    }
  }
  return text;
}

}  // namespace wsm::tail
