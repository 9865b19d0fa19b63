#include "core/health/keepalive.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "core/health/pause.h"

namespace wsm {

Keepalive::Keepalive(const Options& options, TimePoint now) : options_(options), last_sign_(now) {
  if (options_.ping_interval) deadlines_.set(Timer::kPing, now + *options_.ping_interval);
}

void Keepalive::pause(TimePoint now) {
  if (std::exchange(is_paused_, true)) return;
  pong_time_left_ = deadlines_.take_left(Timer::kPong, now);
  check_invariants();
}

void Keepalive::resume(TimePoint now) {
  is_paused_ = false;
  if (const auto left = std::exchange(pong_time_left_, std::nullopt)) {
    deadlines_.set(Timer::kPong, now + std::max(*left, kReadingTime));
  }
  check_invariants();
}

void Keepalive::postpone_ping(TimePoint slot, TimePoint now) {
  const auto due = deadlines_.at(Timer::kPing);
  if (!due || slot <= *due) return;
  if (*due <= now) is_ping_late_ = true;
  deadlines_.set(Timer::kPing, slot);
}

bool Keepalive::handle_pong(std::optional<std::uint64_t> payload, TimePoint now) {
  if (!ping_sent_at_) return false;  // Unsolicited (RFC 6455, section 5.5.3), or too late.
  if (payload && (*payload < awaited_ || *payload > ping_count_)) return false;
  last_round_trip_ = now - *ping_sent_at_;
  last_sign_ = now;
  ping_sent_at_.reset();
  missed_ = 0;
  is_doubt_new_ = false;
  deadlines_.clear(Timer::kPong);
  pong_time_left_.reset();
  return true;
}

void Keepalive::handle_timeout(TimePoint now) {
  if (deadlines_.take_expired(Timer::kPong, now)) miss_pong(now);
  if (deadlines_.take_expired(Timer::kPing, now)) send_ping(now);
  check_invariants();
}

std::optional<Keepalive::Action> Keepalive::poll_action() {
  return std::exchange(pending_, std::nullopt);
}

void Keepalive::send_ping(TimePoint now) {
  is_ping_late_ = false;
  deadlines_.set(Timer::kPing, now + *options_.ping_interval);
  // With a pong_timeout longer than the interval the last ping may still be waiting; without one,
  // a lost pong must not end the pings.
  const bool is_awaited = ping_sent_at_ && options_.pong_timeout;
  if (is_awaited && !is_paused_) return;
  if (pending_) return;  // Declared dead in this very turn.
  pending_ = SendPing{++ping_count_};
  // In a pause it is for the server to hear. What is waited for is the first: the time that it has
  // left would never end if each one gave it anew.
  if (is_awaited) return;
  ping_sent_at_ = now;
  awaited_ = ping_count_;
  if (!options_.pong_timeout) return;
  if (is_paused_) {
    pong_time_left_ = options_.pong_timeout;  // Begins when reading goes on.
  } else {
    deadlines_.set(Timer::kPong, now + *options_.pong_timeout);
  }
}

void Keepalive::miss_pong(TimePoint now) {
  ping_sent_at_.reset();
  if (++missed_ >= options_.failure_threshold) {
    deadlines_.clear_all();
    pending_ = DeclareDead{now - last_sign_};
  }
  is_doubt_new_ = missed_ + 1 == options_.failure_threshold;
}

/// A ping that nobody waits for any more would keep every later one from being sent.
void Keepalive::check_invariants() const {
  const bool is_awaited = deadlines_.is_set(Timer::kPong) || pong_time_left_;
  WSM_ASSERT(is_awaited == (ping_sent_at_ && options_.pong_timeout));
}

}  // namespace wsm
