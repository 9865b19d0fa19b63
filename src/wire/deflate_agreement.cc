#include "wire/deflate_agreement.h"

#include <algorithm>
#include <set>
#include <utility>

#include "wire/extension_list.h"
#include "wire/http_syntax.h"

namespace wsm {
namespace {

constexpr std::string_view kName = "permessage-deflate";
constexpr std::string_view kServerNoContext = "server_no_context_takeover";
constexpr std::string_view kClientNoContext = "client_no_context_takeover";
constexpr std::string_view kServerWindow = "server_max_window_bits";
constexpr std::string_view kClientWindow = "client_max_window_bits";

Failure<std::string> fault(std::string sentence) { return Failure{std::move(sentence)}; }

/// Section 7.1.2: a decimal number from 8 to 15 without a leading zero.
std::optional<int> window_bits(const std::optional<std::string>& value) {
  for (int bits = kWindowBitsMin; value && bits <= kWindowBitsMax; ++bits) {
    if (*value == std::to_string(bits)) return bits;
  }
  return std::nullopt;
}

/// Takes one parameter over. Returns whether it is known and its value allowed.
bool take(const Extension::Parameter& parameter, const DeflateOffer& offer,
          DeflateAgreement& agreement) {
  const auto& [name, value] = parameter;
  if (name == kServerNoContext) {
    agreement.server_keeps_context = false;
    return !value;
  }
  if (name == kClientNoContext) {
    agreement.client_keeps_context = false;
    return !value;
  }
  const auto bits = window_bits(value);
  if (!bits) return false;
  if (name == kServerWindow) {
    agreement.server_window_bits = *bits;
    return *bits <= offer.window_bits_max;
  }
  agreement.client_window_bits = std::min(*bits, offer.window_bits_max);
  return name == kClientWindow;
}

Result<DeflateAgreement, std::string> read_agreement(const Extension& extension,
                                                     const DeflateOffer& offer) {
  DeflateAgreement agreement{.client_keeps_context = offer.keeps_context,
                             .client_window_bits = offer.window_bits_max};
  std::set<std::string> seen;
  for (const Extension::Parameter& parameter : extension.parameters) {
    const auto& name = parameter.name;
    if (!seen.insert(name).second) return fault("the server repeats " + name);
    if (take(parameter, offer, agreement)) continue;
    const std::string value = parameter.value ? "=" + *parameter.value : "";
    return fault("the server agrees to " + std::string{kName} + " with " + name + value +
                 ", which was not offered");
  }
  return agreement;
}

}  // namespace

std::string encode_deflate_offer(const DeflateOffer& offer) {
  std::string text{kName};
  const auto add = [&](std::string_view parameter, std::string_view value = {}) {
    text.append("; ").append(parameter).append(value);
  };
  if (!offer.keeps_context) {
    add(kServerNoContext);
    add(kClientNoContext);
  }
  if (offer.window_bits_max == kWindowBitsMax) {
    add(kClientWindow);
    return text;
  }
  const std::string bits = "=" + std::to_string(offer.window_bits_max);
  add(kServerWindow, bits);
  add(kClientWindow, bits);
  return text;
}

Result<std::optional<DeflateAgreement>, std::string> parse_deflate_answer(
    const std::vector<std::string_view>& values, const std::optional<DeflateOffer>& offer) {
  std::optional<DeflateAgreement> agreed;
  for (const std::string_view value : values) {
    const auto extensions = parse_extension_list(value);
    if (!extensions) return fault("the server's list of extensions is malformed");
    for (const Extension& extension : *extensions) {
      if (!offer || !equals_ignoring_case(extension.name, kName)) {
        return fault("the server uses an extension that was not offered: " + extension.name);
      }
      if (agreed) return fault("the server uses " + std::string{kName} + " twice");
      auto agreement = read_agreement(extension, *offer);
      if (!agreement) return Failure{std::move(agreement).error()};
      agreed = *agreement;
    }
  }
  return agreed;
}

}  // namespace wsm
