#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <wsm/types.h>

#include "sim/feed.h"
#include "sim/numbers.h"

namespace wsm::sim {

/// What a venue says when it has done what was asked.
enum class AnswerStyle : std::uint8_t {
  kNone,        ///< Nothing: only data shows that it has.
  kForRequest,  ///< One answer for all of a request; a rejection for each topic that it refused.
  kForTopics,   ///< An answer for each topic.
  kInPart,      ///< One answer for all of a request, with the list of what it refused.
};

[[nodiscard]] constexpr std::string_view to_string(AnswerStyle style) {
  switch (style) {
    case AnswerStyle::kNone: return "none";
    case AnswerStyle::kForRequest: return "for the request";
    case AnswerStyle::kForTopics: return "for the topics";
    case AnswerStyle::kInPart: return "in part";
  }
  return "unknown";
}

/// What a venue does with more subscriptions than its cap.
enum class AboveCap : std::uint8_t {
  kCloses,   ///< The connection, with 1008.
  kIgnores,  ///< Says that all is well, and never sends what is above it.
};

[[nodiscard]] constexpr std::string_view to_string(AboveCap above_cap) {
  switch (above_cap) {
    case AboveCap::kCloses: return "closes";
    case AboveCap::kIgnores: return "ignores";
  }
  return "unknown";
}

/// What a venue counts for itself, as its frames and dials arrive. Who has more frames in a window
/// loses the connection (1008); whoever dials above the limit is refused (429).
struct VenueLimits {
  std::optional<std::size_t> frames = {};  ///< Of one connection, in any `window`.
  Duration window{};
  std::optional<std::size_t> connects = {};  ///< Of everybody, in any `connect_window`.
  Duration connect_window{};
};

/// How a venue treats whoever connects, and what it publishes.
struct VenueRules {
  std::size_t topics = 50;
  std::size_t subscriptions_max = 20;  ///< Of one connection.
  AboveCap above_cap = AboveCap::kCloses;
  std::set<Topic> unknown_topics = {};                   ///< Refused for good.
  Duration message_interval = std::chrono::seconds{10};  ///< Of one topic, on average.
  Numbers numbers = Numbers::kByOne;
  /// One message of a topic in so many needs nothing that was before it, and so does the first on
  /// each connection, and the first when numbers have begun anew.
  std::optional<std::uint64_t> snapshot_every = {};
  std::optional<Duration> heartbeat_interval = {};
  std::optional<Duration> ping_interval = {};
  AnswerStyle answers = AnswerStyle::kForRequest;
  Duration answer_delay_max = {};  ///< Of an acknowledgement.
  VenueLimits limits = {};
  std::optional<Duration> connection_age_max = {};  ///< Then it is closed (1001).
  bool answers_pings = true;
  std::string text_ping = {};  ///< Is answered by `text_pong`.
  std::string text_pong = {};
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
  kIgnores,  ///< Says that it has done what was asked, and has not.
};

[[nodiscard]] constexpr std::string_view to_string(Office office) {
  switch (office) {
    case Office::kOpen: return "open";
    case Office::kSilent: return "silent";
    case Office::kRejects: return "rejects";
    case Office::kIgnores: return "ignores";
  }
  return "unknown";
}

}  // namespace wsm::sim
