#include "tail/message_inspector.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include <simdjson.h>

namespace wsm::tail {
namespace {

namespace dom = simdjson::dom;
using Pointer = std::optional<std::string>;

std::optional<dom::element> find(dom::element message, const Pointer& pointer) {
  dom::element found;
  if (!pointer || message.at_pointer(*pointer).get(found) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return found;
}

std::optional<std::string> name_at(dom::element message, const Pointer& pointer) {
  const auto found = find(message, pointer);
  if (!found) return std::nullopt;
  std::string_view text;
  if (found->get(text) == simdjson::SUCCESS) return std::string{text};
  std::int64_t number = 0;
  if (found->get(number) == simdjson::SUCCESS) return std::to_string(number);
  return std::nullopt;
}

// Some feeds write numbers as strings, because not every language can read large ones.
std::optional<std::uint64_t> number_at(dom::element message, const Pointer& pointer) {
  const auto found = find(message, pointer);
  if (!found) return std::nullopt;
  std::uint64_t number = 0;
  if (found->get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (found->get(text) != simdjson::SUCCESS) return std::nullopt;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

// Many servers write an empty reason into what they grant.
std::optional<std::string> reason_at(dom::element message, const Pointer& pointer) {
  const auto found = find(message, pointer);
  if (!found || found->is_null()) return std::nullopt;
  bool is_true = false;
  if (found->get(is_true) == simdjson::SUCCESS && !is_true) return std::nullopt;
  std::int64_t number = 0;
  if (found->get(number) == simdjson::SUCCESS && number == 0) return std::nullopt;
  std::string_view text;
  if (found->get(text) != simdjson::SUCCESS) return simdjson::minify(*found);
  if (text.empty()) return std::nullopt;
  return std::string{text};
}

}  // namespace

struct MessageInspector::Parser {
  dom::parser json;
};

MessageInspector::MessageInspector(MessageKeys keys)
    : keys_(std::move(keys)),
      has_keys_(keys_.topic || keys_.request || keys_.error),
      parser_(std::make_unique<Parser>()) {}

MessageInspector::~MessageInspector() = default;

Inspection<std::string> MessageInspector::inspect(std::string_view message) {
  Inspection<std::string> found;
  dom::element json;
  if (!has_keys_ ||
      parser_->json.parse(message.data(), message.size()).get(json) != simdjson::SUCCESS) {
    return found;
  }
  found.request = number_at(json, keys_.request);
  found.subscription = name_at(json, keys_.topic);
  if (auto reason = reason_at(json, keys_.error)) {
    found.role = MessageRole::kRejection;
    found.detail = *std::move(reason);
  } else if (found.request) {
    found.role = MessageRole::kAcknowledgement;
  } else if (found.subscription) {
    found.role = MessageRole::kData;
    found.numbering.sequence = number_at(json, keys_.sequence);
    found.numbering.previous = number_at(json, keys_.previous);
    found.numbering.restarts = keys_.previous && !found.numbering.previous;
  }
  return found;
}

}  // namespace wsm::tail
