#pragma once

#include <cstdint>
#include <string_view>

namespace wsm {

/// Whose turn it is first when several shards want to connect.
enum class ConnectUrgency : std::uint8_t {
  kRestore,  ///< Nothing of the shard serves.
  kRenew,    ///< A standby, while the old connection serves.
};

[[nodiscard]] constexpr std::string_view to_string(ConnectUrgency urgency) {
  switch (urgency) {
    case ConnectUrgency::kRestore: return "restore";
    case ConnectUrgency::kRenew: return "renew";
  }
  return "unknown";
}

}  // namespace wsm
