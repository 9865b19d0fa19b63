#include "core/recovery/endpoint_rotation.h"

#include <algorithm>

#include "base/assert.h"
#include "wire/url.h"

namespace wsm {

std::size_t pick_url(const EndpointChoice& choice, std::span<const std::string> urls) {
  WSM_ASSERT(!urls.empty());
  const std::vector<std::string> endpoints = endpoints_of(urls);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const std::size_t place = (choice.first + i) % endpoints.size();
    if (std::ranges::find(choice.shut, endpoints[place]) == choice.shut.end()) return place;
  }
  return choice.first % endpoints.size();
}

std::string endpoint_of(std::string_view url) {
  const auto parsed = parse_url(url);
  return parsed ? parsed->endpoint() : std::string{};
}

std::vector<std::string> endpoints_of(std::span<const std::string> urls) {
  std::vector<std::string> endpoints;
  endpoints.reserve(urls.size());
  for (const std::string& url : urls) endpoints.push_back(endpoint_of(url));
  return endpoints;
}

std::vector<std::string> EndpointRotation::order() const {
  std::vector<std::string> order = endpoints_;
  if (!order.empty()) {
    std::ranges::rotate(order,
                        order.begin() + static_cast<std::ptrdiff_t>(current_ % order.size()));
  }
  return order;
}

}  // namespace wsm
