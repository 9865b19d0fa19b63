#include "sim/oracle_answers.h"

#include <utility>

namespace wsm::sim {

/// While another connection of the shard serves or is under way, little of it counts.
void AnswersOracle::handle_error_answered(ConnectionId id, ErrorAnswer answer) {
  Shard& shard = shards_[id.shard];
  if (shard.waiting != id.generation) return;
  shard.waiting.reset();
  const bool is_late = verdict_.world().now() >= shard.failed_at + patience_;
  switch (answer) {
    case ErrorAnswer::kDefault:
    case ErrorAnswer::kRetry: return;
    case ErrorAnswer::kRetrySlowly:
      if (!is_late) shard.not_before = shard.failed_at + slow_min_;
      return;
    case ErrorAnswer::kRefreshCredentials: shard.must_refresh = !is_late; return;
    case ErrorAnswer::kStop: (is_late ? shard.may_be_stopped : shard.is_stopped) = true; return;
  }
}

void AnswersOracle::handle_prepare(ConnectionId id, bool must_refresh) {
  if (!std::exchange(shards_[id.shard].must_refresh, false) || must_refresh) return;
  fail(id.shard, "does not refresh its credentials");
}

void AnswersOracle::handle_event(const EventKind& event) {
  if (const auto* begun = std::get_if<event::Connecting>(&event)) {
    handle_begun({begun->shard, begun->generation});
  } else if (const auto* switching = std::get_if<event::SwitchoverStarted>(&event)) {
    shards_[switching->shard].is_switching = true;
  } else if (const auto* finished = std::get_if<event::SwitchoverFinished>(&event)) {
    Shard& shard = shards_[finished->shard];
    shard.is_switching = false;
    if (has_taken_over(finished->outcome)) shard.active = shard.standby;
  } else if (const auto* gone = std::get_if<event::Disconnected>(&event)) {
    note_ended({gone->shard, gone->generation});
  } else if (const auto* retired = std::get_if<event::ConnectionRetired>(&event)) {
    note_ended({retired->shard, retired->generation});
  } else if (const auto* planned = std::get_if<event::ReconnectScheduled>(&event)) {
    note_waiting(planned->shard);
  } else if (const auto* closed = std::get_if<event::ShardClosed>(&event)) {
    shards_.erase(closed->shard);
  } else if (const auto* suspended = std::get_if<event::ShardSuspended>(&event)) {
    const Shard& shard = shards_[suspended->shard];
    if (suspended->is_probed || shard.is_stopped || shard.may_be_stopped) return;
    fail(suspended->shard, "has stopped, though nobody has said so");
  }
}

void AnswersOracle::handle_begun(ConnectionId id) {
  Shard& shard = shards_[id.shard];
  if (shard.is_switching) {
    shard.standby = id.generation;
    return;
  }
  shard.active = id.generation;
  if (shard.is_stopped) fail(id.shard, "is tried, though the application has said stop");
  if (verdict_.world().now() < shard.not_before) fail(id.shard, "is tried too soon");
  const bool must_refresh = shard.must_refresh;
  forget_answer(id.shard);
  shard.must_refresh = must_refresh;
}

void AnswersOracle::note_ended(ConnectionId id) {
  Shard& shard = shards_[id.shard];
  if (shard.active == id.generation) shard.is_active_over = true;
}

/// Perhaps once more, when the answer was another one than the tables have.
void AnswersOracle::note_waiting(ShardId id) {
  Shard& shard = shards_[id];
  if (!std::exchange(shard.is_active_over, false)) return;
  shard.waiting = shard.active;
  shard.failed_at = verdict_.world().now();
}

void AnswersOracle::forget_answer(ShardId id) {
  Shard& shard = shards_[id];
  shard.is_active_over = false;
  shard.waiting.reset();
  shard.not_before = {};
  shard.must_refresh = shard.is_stopped = shard.may_be_stopped = false;
}

void AnswersOracle::check(const Supervisor& core) {
  for (const ShardMetrics& metrics : core.metrics(verdict_.world().now()).shards) {
    const auto shard = shards_.find(metrics.shard_id);
    if (shard == shards_.end() || !shard->second.is_stopped) continue;
    if (metrics.status == ShardStatus::kSuspended || metrics.status == ShardStatus::kClosing) {
      continue;
    }
    return fail(metrics.shard_id, "goes on, though the application has said stop");
  }
}

void AnswersOracle::fail(ShardId id, const std::string& what) {
  verdict_.fail("answers", "shard " + std::to_string(id.value()) + ' ' + what);
}

}  // namespace wsm::sim
