#include "manager/delivery_watch.h"

#include <algorithm>
#include <utility>

namespace wsm {

void DeliveryWatch::handle_turn(std::uint64_t dropped, std::size_t depth, TimePoint now) {
  dropped_ = dropped;
  if (dropped_ > told_) {
    if (!first_drop_) first_drop_ = now;
    if (!last_report_ || now >= *last_report_ + kInterval) report_drops(now);
  }
  if (depth > 0 && !look_at_) look_at_ = now + kInterval;
}

void DeliveryWatch::handle_wait(std::optional<TimePoint> since, std::size_t depth, TimePoint now) {
  const bool is_slow = since && now - *since >= kInterval;
  if (is_slow) {
    if (!slow_since_) slow_since_ = now;
    wait_event_ = event::SlowConsumer{depth, now - *since};
    look_at_ = now + kInterval;
    return;
  }
  if (slow_since_) wait_event_ = event::ConsumerCaughtUp{now - *std::exchange(slow_since_, {})};
  look_at_.reset();
  // What is being handled may leave more waiting behind it than there is to see now.
  if (depth > 0) look_at_ = since ? *since + kInterval : now + kInterval;
}

void DeliveryWatch::finish(TimePoint now) {
  if (dropped_ > told_) report_drops(now);
}

std::optional<EventKind> DeliveryWatch::poll_event() {
  if (drops_event_) return std::exchange(drops_event_, {});
  return std::exchange(wait_event_, {});
}

std::optional<TimePoint> DeliveryWatch::next_deadline() const {
  if (dropped_ == told_) return look_at_;
  const TimePoint report_at = *last_report_ + kInterval;
  return look_at_ ? std::min(*look_at_, report_at) : report_at;
}

void DeliveryWatch::report_drops(TimePoint now) {
  drops_event_ = event::MessagesDropped{dropped_ - told_, now - *first_drop_};
  told_ = dropped_;
  first_drop_.reset();
  last_report_ = now;
}

}  // namespace wsm
