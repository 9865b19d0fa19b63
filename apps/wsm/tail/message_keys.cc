#include "tail/message_keys.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "tail/json_pointer.h"
#include "tail/options.h"

namespace wsm::tail {
namespace {

using Text = std::optional<std::string> Arguments::*;

struct KeyOption {
  std::string_view name;
  Text text;
  std::optional<std::string> MessageKeys::*key;
};
constexpr std::array kKeys{
    KeyOption{"--topic-key", &Arguments::topic_key, &MessageKeys::topic},
    KeyOption{"--sequence-key", &Arguments::sequence_key, &MessageKeys::sequence},
    KeyOption{"--previous-key", &Arguments::previous_key, &MessageKeys::previous},
    KeyOption{"--id-key", &Arguments::id_key, &MessageKeys::request},
    KeyOption{"--error-key", &Arguments::error_key, &MessageKeys::error},
};

// What would silently do nothing without the other one.
struct Need {
  std::string_view name;
  Text text;
  std::string_view needed;
  Text needed_text;
};
constexpr std::array kNeeds{
    Need{"--topic-key", &Arguments::topic_key, "--subscribe", &Arguments::subscribe},
    Need{"--sequence-key", &Arguments::sequence_key, "--topic-key", &Arguments::topic_key},
    Need{"--previous-key", &Arguments::previous_key, "--sequence-key", &Arguments::sequence_key},
    Need{"--subscription-timeout", &Arguments::subscription_timeout, "--topic-key",
         &Arguments::topic_key},
    Need{"--subscription-timeout-intervals", &Arguments::subscription_timeout_intervals,
         "--topic-key", &Arguments::topic_key},
    Need{"--ack-timeout", &Arguments::ack_timeout, "--id-key", &Arguments::id_key},
};

Failure<std::string> needs(std::string_view option, std::string_view what) {
  return Failure{fmt::format("{}: needs {}", option, what)};
}

}  // namespace

Result<MessageKeys, std::string> read_message_keys(const Arguments& arguments) {
  for (const Need& need : kNeeds) {
    if (arguments.*need.text && !(arguments.*need.needed_text)) {
      return needs(need.name, need.needed);
    }
  }
  if (arguments.error_key && !arguments.id_key && !arguments.topic_key) {
    return needs("--error-key", "--id-key or --topic-key, to know what is refused");
  }
  if (arguments.when_full == "latest" && !arguments.topic_key) {
    return needs("--when-full latest", "--topic-key");
  }
  if (arguments.redundancy.value_or("1") != "1" && !arguments.topic_key) {
    return needs("--redundancy", "--topic-key, or each message would be written more than once");
  }
  MessageKeys keys;
  for (const KeyOption& option : kKeys) {
    const auto& text = arguments.*option.text;
    if (!text) continue;
    auto pointer = parse_json_pointer(*text);
    if (!pointer) return Failure{fmt::format("{}: {}", option.name, pointer.error())};
    keys.*option.key = *std::move(pointer);
  }
  return keys;
}

}  // namespace wsm::tail
