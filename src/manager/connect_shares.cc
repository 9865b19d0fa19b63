#include "manager/connect_shares.h"

#include <algorithm>
#include <string>

#include "core/shard/settings.h"
#include "wire/ip_address.h"

namespace wsm {

ConnectShares::ConnectShares(const ShardManagerConfig& config, const ConnectShare::Wake& wake) {
  const auto limit = ShardSettings::from(config).connects.connects;
  const std::string& venue = config.limits().venue;
  if (!limit && venue.empty()) return;
  const auto share = [&](const std::string& source) {
    shares_.push_back(
        std::make_shared<ConnectShare>(SharedConnects::of(venue, source), limit, wake));
  };
  const auto& addresses = config.connection().source_ips;
  if (addresses.empty()) share({});
  // Each address can be written in several ways.
  for (const std::string& address : addresses) share(ip_address_bytes(address).value());
}

bool ConnectShares::join() {
  bool is_mixed = false;
  for (const auto& share : shares_) is_mixed = share->join() || is_mixed;
  return is_mixed;
}

void ConnectShares::leave() {
  for (const auto& share : shares_) share->leave();
}

}  // namespace wsm
