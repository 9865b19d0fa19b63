#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace wsm {

/// How one silent subscription is brought back: the ladder, and how far up it we are.
///
/// Each rung gets time to show data, and each round of the ladder twice as much as the one before:
/// a subscription that is merely quiet must not be moved about for ever at the pace of the
/// time-out.
///
/// We are back at the bottom when it has had data, and was not silent again soon after: a server
/// may answer each request with a snapshot and be silent from then on. Time alone is no sign of
/// data, for a request may have to wait for its turn, and a connection for its permit.
class Redrive {
 public:
  enum class Rung : std::uint8_t {
    kAskAgain,       ///< On the same connection: the cheapest, and often enough.
    kMove,           ///< To another connection that is open.
    kNewConnection,  ///< To one of its own.
    kCount,
  };

  /// For so long after a silence nobody else is to move it: where it was brought back is where it
  /// has data.
  static constexpr Duration kRest = std::chrono::hours{1};

  [[nodiscard]] bool is_at_rest(TimePoint now) const { return now - told_at_ >= kRest; }

  /// It has had data since told_at().
  void handle_data() { has_had_data_ = true; }
  /// When it was last silent.
  [[nodiscard]] TimePoint told_at() const { return told_at_; }

  /// The rung to climb now, `timeout` being how long the silence has lasted; none while the last
  /// one has its time.
  [[nodiscard]] std::optional<Rung> take_rung(Duration timeout, TimePoint now);

 private:
  static constexpr std::uint32_t kRoundsMax = 6;  // From then on the pace stays: 64 time-outs.

  std::uint32_t climbed_ = 0;
  bool has_had_data_ = false;
  TimePoint told_at_;
  TimePoint next_at_;
};

[[nodiscard]] constexpr std::string_view to_string(Redrive::Rung rung) {
  switch (rung) {
    case Redrive::Rung::kAskAgain: return "ask again";
    case Redrive::Rung::kMove: return "move";
    case Redrive::Rung::kNewConnection: return "new connection";
    case Redrive::Rung::kCount: break;
  }
  return "unknown";
}

}  // namespace wsm
