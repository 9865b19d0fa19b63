#include "wire/ip_address.h"

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>

namespace wsm {
namespace {

template <class Bytes>
std::string to_string(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<std::string> ip_address_bytes(std::string_view text) {
  if (const auto v4 = boost::urls::parse_ipv4_address(text)) return to_string(v4->to_bytes());
  if (const auto v6 = boost::urls::parse_ipv6_address(text)) return to_string(v6->to_bytes());
  return std::nullopt;
}

}  // namespace wsm
