#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <wsm/result.h>
#include <wsm/shard_manager.h>

#include "demo/accounting.h"
#include "demo/event_list.h"
#include "demo/frame.h"
#include "demo/handler.h"
#include "demo/options.h"
#include "demo/rate_meter.h"
#include "demo/timetable.h"
#include "venue/venue.h"

namespace wsm::demo {

/// The venue and the manager side by side, what is done to them, and how they look.
///
/// Threads: one, the caller's; venue and manager have their own.
class Stage {
 public:
  Stage(const Plan& plan, std::unique_ptr<venue::Venue> venue);

  /// Starts the manager with most of the topics, and then wishes for the others. Errors: its own.
  Result<void> open();
  /// Does what is due by now. What cannot be done yet, because its shard is not whole, waits.
  void keep_appointments();
  void stop_publishing() { venue_->stop_publishing(); }
  /// Closes the manager, then the venue, and settles what was sent against what has arrived.
  [[nodiscard]] Account close();

  [[nodiscard]] Duration elapsed() const { return venue_->now(); }
  [[nodiscard]] bool has_appointments() const { return next_ < timetable_.size(); }
  /// Whether every topic is sent to somebody.
  [[nodiscard]] bool is_whole() const;
  /// Messages that the venue has published, to somebody or to nobody.
  [[nodiscard]] std::uint64_t published() const { return venue_->counters().messages_published; }
  /// Messages that are in an outbox of the venue or in the queue of the manager.
  [[nodiscard]] std::size_t messages_waiting() const;
  [[nodiscard]] std::uint64_t received() const { return handler_->received(); }
  [[nodiscard]] Frame frame();

 private:
  void rebalance_when_due();
  [[nodiscard]] std::optional<venue::OpenConnection> healthy_connection(ShardId shard) const;
  Result<void> do_to(venue::ConnectionId connection, const Appointment& appointment);

  const Plan plan_;
  std::unique_ptr<venue::Venue> venue_;
  EventList events_;
  std::shared_ptr<Handler> handler_;
  std::unique_ptr<ShardManager<std::string>> manager_;
  std::vector<Appointment> timetable_;
  std::size_t next_ = 0;
  bool has_rebalanced_ = false;
  std::vector<Happening> happenings_;
  RateMeter total_rate_;
  std::map<ShardId, RateMeter> shard_rates_;
};

}  // namespace wsm::demo
