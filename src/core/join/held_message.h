#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <wsm/inspection.h>
#include <wsm/message.h>

#include "core/connection/connection_id.h"

namespace wsm {

/// A message that waits until those before it have come from another connection; a copy.
struct HeldMessage {
  /// A node of a map, what the heap adds to two blocks, and its identity.
  static constexpr std::size_t kUpkeep = 96;

  HeldMessage(ConnectionId from, const Message& message, const Numbering& place)
      : connection(from),
        kind(message.kind()),
        payload(message.bytes().begin(), message.bytes().end()),
        numbering(place) {}

  /// What it takes of the memory while it waits, about: with what keeps it in order.
  [[nodiscard]] std::size_t footprint() const { return footprint(payload.size()); }
  [[nodiscard]] static std::size_t footprint(std::size_t payload_bytes) {
    return sizeof(HeldMessage) + kUpkeep + payload_bytes;
  }

  /// Lifetime: as long as this.
  [[nodiscard]] Message view() const { return {kind, payload}; }

  ConnectionId connection;
  MessageKind kind;
  std::vector<std::byte> payload;
  Numbering numbering;
  bool begins_anew = false;  ///< Its numbers do, though it does not say so.
};

/// Whether a connection is expected to go on with a subscription that it has carried.
enum class Speech : std::uint8_t {
  kSpeaking,
  kSilent,  ///< It has been silent for so long that nobody waits for it.
};

[[nodiscard]] constexpr std::string_view to_string(Speech speech) {
  switch (speech) {
    case Speech::kSpeaking: return "speaking";
    case Speech::kSilent: return "silent";
  }
  return "unknown";
}

/// What is to be done with a message that several connections may bring.
enum class JoinFate : std::uint8_t {
  kDeliver,
  kDrop,  ///< It has been delivered, or is none of the stream.
  kHold,  ///< It has been copied, and comes back when it is its turn.
};

[[nodiscard]] constexpr std::string_view to_string(JoinFate fate) {
  switch (fate) {
    case JoinFate::kDeliver: return "deliver";
    case JoinFate::kDrop: return "drop";
    case JoinFate::kHold: return "hold";
  }
  return "unknown";
}

}  // namespace wsm
