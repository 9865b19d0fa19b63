#pragma once

#include <deque>
#include <map>
#include <utility>

#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What a venue sends on a connection arrives on it: all of it, once, in order. Only a connection
/// that broke may keep back an end of the row; one whose stream was read to its end may not.
class DeliveryOracle final : public Observer {
 public:
  explicit DeliveryOracle(Verdict& verdict) : verdict_(verdict) {}

  void handle_sent(ConnectionId id, Topic topic, Sequence sequence) override;
  void handle_arrived(ConnectionId id, Topic topic, Sequence sequence) override;
  void handle_hung_up(ConnectionId id, bool has_read_all) override;

  [[nodiscard]] std::uint64_t arrived() const { return arrived_; }
  /// Sent, and lost with a connection that broke.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  using Sent = std::pair<Topic, Sequence>;

  Verdict& verdict_;
  std::map<ConnectionId, std::deque<Sent>> under_way_;
  std::uint64_t arrived_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace wsm::sim
