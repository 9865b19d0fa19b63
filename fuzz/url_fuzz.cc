// Anything as a URL: never a crash, and what is accepted can go into a request as it is.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "wire/upgrade_request.h"
#include "wire/url.h"

namespace {

bool is_visible(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return ' ' < c && c <= '~'; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto url = wsm::parse_url(text);
  if (!url) {
    WSM_ASSERT(url.error().code == wsm::Errc::kInvalidArgument && !url.error().detail.empty());
    return 0;
  }
  WSM_ASSERT(!url->host.empty() && is_visible(url->host) && url->port != 0);
  WSM_ASSERT(url->target.starts_with('/') && is_visible(url->target));

  // Its parts, put together again, are the same URL.
  const std::string scheme = url->is_tls ? "wss://" : "ws://";
  const auto again = wsm::parse_url(scheme + url->authority() + url->target);
  WSM_ASSERT(again && *again == *url);

  const auto request = wsm::encode_upgrade_request({*url, "key", {}, {}});
  WSM_ASSERT(request && std::count(request->begin(), request->end(), '\n') == 7);
  return 0;
}
