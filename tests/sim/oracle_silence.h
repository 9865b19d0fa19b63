#pragma once

#include <map>
#include <optional>
#include <vector>

#include <wsm/config.h>

#include "core/supervisor/supervisor.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What is called live has had data within the time-out of a subscription, and a second: in
/// whatever way it has fallen silent, it is not called live for longer. Time in which nothing is
/// read does not count, nor that before the first data of all: until then nobody can know that data
/// says whose it is, and data_timeout is what finds the silence.
class SilenceOracle final : public Observer {
 public:
  explicit SilenceOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_rules(const HealthOptions& health) { timeout_ = health.subscription_timeout; }

  /// A connection that has not been told to end it yet may still have it live, without a word.
  void handle_wanted(Topic topic) override { last_sign_[topic] = verdict_.world().now(); }
  void handle_unwanted(Topic topic) override { last_sign_.erase(topic); }
  void handle_paused() override { is_paused_ = true; }
  void handle_resumed() override;
  void handle_frozen(TimePoint until) override { reading_since_ = until; }
  void handle_asked(ConnectionId id, const Request& request, std::size_t bytes) override;
  void handle_answered(ConnectionId id, std::uint64_t request) override;
  void handle_arrived(ConnectionId id, Topic topic, Sequence sequence) override;
  void handle_event(const EventKind& event) override;

  /// To be asked when all that has happened has been told.
  void check(const Supervisor& core);

 private:
  void note_sign(Topic topic);

  Verdict& verdict_;
  std::optional<Duration> timeout_;
  std::map<Topic, TimePoint> last_sign_;               // Wanted, data, or the answer to a request.
  std::map<std::uint64_t, std::vector<Topic>> asked_;  // By the number of the request.
  TimePoint reading_since_{};
  std::optional<TimePoint> first_data_at_;
  bool is_paused_ = false;
};

}  // namespace wsm::sim
