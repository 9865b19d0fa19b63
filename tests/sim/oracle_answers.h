#pragma once

#include <map>
#include <optional>
#include <string>

#include <wsm/config.h>

#include "core/supervisor/supervisor.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What on_error answers is done: a shard stops when the application says so, and never otherwise;
/// it waits where it is to be slow, and has credentials refreshed where these were refused.
class AnswersOracle final : public Observer {
 public:
  explicit AnswersOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_rules(const ConnectionOptions& connection, const BackoffOptions& backoff) {
    patience_ = connection.connect_timeout;
    slow_min_ = backoff.max_delay / 2;
  }

  void handle_reconnect(ShardId shard) override { forget_answer(shard); }
  void handle_error_answered(ConnectionId id, ErrorAnswer answer) override;
  void handle_prepare(ConnectionId id, bool must_refresh) override;
  void handle_event(const EventKind& event) override;

  /// To be asked when all that has happened has been told.
  void check(const Supervisor& core);

 private:
  struct Shard {
    std::optional<Generation> active = {};  // Serves, or is to.
    std::optional<Generation> standby = {};
    bool is_switching = false;
    bool is_active_over = false;             // And nothing has been planned yet.
    std::optional<Generation> waiting = {};  // The connection after whose end the shard waits.
    TimePoint failed_at{};
    TimePoint not_before{};
    bool must_refresh = false;
    bool is_stopped = false;
    bool may_be_stopped = false;  // The answer came too late, or just in time.
  };

  void forget_answer(ShardId id);
  void handle_begun(ConnectionId id);
  void note_ended(ConnectionId id);
  void note_waiting(ShardId id);
  void fail(ShardId id, const std::string& what);

  Verdict& verdict_;
  std::map<ShardId, Shard> shards_;
  Duration patience_{};
  Duration slow_min_{};
};

}  // namespace wsm::sim
