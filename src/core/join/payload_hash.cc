#include "core/join/payload_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace wsm {

Identity hash_payload(std::span<const std::byte> payload) {
  return XXH3_64bits(payload.data(), payload.size());
}

}  // namespace wsm
