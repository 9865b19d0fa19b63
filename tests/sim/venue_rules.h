#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <wsm/types.h>

namespace wsm::sim {

/// How a venue treats whoever connects, and what it publishes.
struct VenueRules {
  std::size_t topics = 50;
  std::size_t subscriptions_max = 20;  ///< Of one connection; it is closed with 1008 above.
  Duration message_interval = std::chrono::seconds{10};  ///< Of one topic, on average.
  std::optional<Duration> heartbeat_interval;
  std::optional<Duration> ping_interval;
  bool acknowledges = true;
  Duration answer_delay_max = {};  ///< Of an acknowledgement.
  bool answers_pings = true;
  bool answers_close = true;
};

/// Its answer to upgrades.
struct Reception {
  enum class Answer : std::uint8_t { kAccept, kRefuse, kIgnore, kAcceptThenClose };
  Answer answer = Answer::kAccept;
  unsigned status = 503;
  std::optional<unsigned> retry_after_seconds = {};
};

/// How it treats requests.
enum class Office : std::uint8_t {
  kOpen,
  kSilent,   ///< Does what is asked, and does not say so.
  kRejects,  ///< Refuses every subscription; asking later may help.
};

}  // namespace wsm::sim
