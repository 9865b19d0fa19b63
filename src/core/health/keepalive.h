#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "base/deadline_table.h"
#include "base/time.h"

namespace wsm {

/// Pings an open connection at a fixed pace and tells when too many pings in a row stay unanswered.
/// RFC 6455, sections 5.5.2 and 5.5.3.
///
/// The pace does not depend on what else arrives, so a busy stream cannot keep pings from going
/// out. One ping is waited for at a time; a late answer to an older one does not count.
///
/// Sans-IO. After every call that takes `now`, drain poll_action().
class Keepalive {
 public:
  struct Options {
    std::optional<Duration> ping_interval;  ///< None: never pings.
    std::optional<Duration> pong_timeout;   ///< None: pings, and does not judge.
    std::uint32_t failure_threshold = 3;    ///< Unanswered pings in a row.
  };

  struct SendPing {
    std::uint64_t payload;  ///< Comes back in the pong.
  };
  struct DeclareDead {
    Duration silence;  ///< Since the last answer, or since the connection opened.
  };
  using Action = std::variant<SendPing, DeclareDead>;

  Keepalive(const Options& options, TimePoint now);

  // Commands.
  /// Nothing is being read, by our own choice: a pong cannot be seen, so the time does not count.
  /// Pings go on, for the server may want to hear them.
  void pause(TimePoint now);
  void resume(TimePoint now);
  /// No ping can be sent before `slot`: the next one is put off until then if it is due earlier,
  /// and its time begins when it goes.
  void postpone_ping(TimePoint slot, TimePoint now);

  // Inputs.
  /// `payload`: of the pong frame; none for an answer in text.
  /// Returns whether it answers a ping of ours.
  bool handle_pong(std::optional<std::uint64_t> payload, TimePoint now);
  void handle_timeout(TimePoint now);

  // Outputs.
  [[nodiscard]] std::optional<Action> poll_action();
  [[nodiscard]] std::optional<TimePoint> next_deadline() const { return deadlines_.next(); }
  /// Once when a ping was missed and one more declares it dead; never where one is enough.
  [[nodiscard]] bool take_doubt() { return std::exchange(is_doubt_new_, false); }

  // Getters.
  /// A ping should have gone already, and waits for its slot.
  [[nodiscard]] bool is_ping_late() const { return is_ping_late_; }
  [[nodiscard]] std::uint32_t missed() const { return missed_; }
  [[nodiscard]] std::optional<Duration> last_round_trip() const { return last_round_trip_; }

 private:
  enum class Timer : std::uint8_t { kPing, kPong, kCount };

  void send_ping(TimePoint now);
  void miss_pong(TimePoint now);
  void check_invariants() const;

  const Options options_;
  DeadlineTable<Timer> deadlines_;
  std::optional<Action> pending_;
  std::optional<TimePoint> ping_sent_at_;  // Set while a ping waits for its answer.
  std::optional<Duration> last_round_trip_;
  TimePoint last_sign_;
  std::uint64_t ping_count_ = 0;
  std::uint64_t awaited_ = 0;  // The ping that waits; the answer to a later one is as good.
  std::uint32_t missed_ = 0;
  bool is_ping_late_ = false;
  bool is_doubt_new_ = false;
  bool is_paused_ = false;
  std::optional<Duration> pong_time_left_;  // While paused: of the ping that waits.
};

}  // namespace wsm
