#include "demo/stage.h"

#include <algorithm>

#include <fmt/format.h>

#include <wsm/config.h>

#include "base/assert.h"
#include "demo/source.h"
#include "venue/options.h"

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kServiceRestart = 1012;  // RFC 6455, section 7.4, by IANA's registry.

/// The list of events tells it all; a line on stderr would spoil the picture.
class QuietLogger final : public Logger {
 public:
  void log(LogLevel, std::string_view) override {}
};

ShardManagerConfig config_of(const Plan& plan) {
  const BackoffOptions quick{
      .initial_delay = 50ms, .max_delay = 500ms, .multiplier = 2.0, .stable_after = 1s};
  // No renewal by age: only the timetable replaces connections, so that every loss has its cause.
  auto config = ShardManagerConfig::builder()
                    .max_subscriptions_per_shard(plan.subscriptions_per_connection)
                    .redundancy(plan.redundancy)
                    // Of the venue's requests_per_window some are left for what is on its way.
                    .messages_per_window(venue::Limits{}.requests_per_window - 2)
                    .window(venue::Limits{}.window)
                    .hot_switchover(true)
                    .proactive_reconnect_interval(std::nullopt)
                    .connect_timeout(2s)
                    .data_timeout(plan.data_timeout)
                    .acknowledgement_timeout(2s)
                    .ping_interval(1s)
                    .pong_timeout(1s)
                    .backoff(quick)
                    .build();
  WSM_ASSERT(config.has_value());
  return *std::move(config);
}

std::string describe(const Appointment& appointment) {
  const std::uint32_t shard = appointment.shard.value();
  switch (appointment.incident) {
    case Incident::kCut: return fmt::format("cut: the venue resets shard {}", shard);
    case Incident::kSilence:
      return fmt::format("silent: shard {} gets pongs, but no data any more", shard);
    case Incident::kLeave: return fmt::format("asked to leave: the venue closes shard {}", shard);
    case Incident::kDrain:
      return fmt::format("drain notice: the venue is going to close shard {}", shard);
    case Incident::kSwitchover: return fmt::format("hot switchover of shard {}", shard);
  }
  return {};
}

}  // namespace

Stage::Stage(const Plan& plan, std::unique_ptr<venue::Venue> venue)
    : plan_(plan),
      venue_(std::move(venue)),
      handler_(std::make_shared<Handler>(venue_->url(), plan.topics, events_,
                                         [this] { return venue_->now(); })),
      manager_(std::make_unique<ShardManager<std::string>>(config_of(plan), handler_,
                                                           std::make_shared<QuietLogger>())),
      timetable_(plan_timetable(plan.length, plan.shards, plan.seed)) {}

Result<void> Stage::open() {
  if (auto started = manager_->start(); !started) return started;
  for (const auto& result : manager_->subscribe(handler_->other_subscriptions())) {
    if (result.status == SubscribeStatus::kRefused) return Failure{*result.error};
  }
  return {};
}

/// Before anything goes wrong, and on shards that all serve.
void Stage::rebalance_when_due() {
  if (has_rebalanced_ || next_ > 0 || elapsed() < plan_.length / 10 || !is_whole()) return;
  has_rebalanced_ = true;
  const auto moving = manager_->rebalance();
  if (!moving || *moving == 0) return;
  events_.add({venue_->now(), Origin::kTimetable, fmt::format("rebalance: {} moves", *moving)});
}

void Stage::keep_appointments() {
  rebalance_when_due();
  while (has_appointments() && timetable_[next_].at <= elapsed()) {
    const Appointment& appointment = timetable_[next_];
    const auto connection = healthy_connection(appointment.shard);
    if (!connection) return;
    const Duration at = venue_->now();
    if (!do_to(connection->id, appointment)) return;
    happenings_.push_back({appointment, at, connection->id, connection->subscriptions});
    events_.add({at, Origin::kTimetable, describe(appointment)});
    ++next_;
  }
}

std::optional<venue::OpenConnection> Stage::healthy_connection(ShardId shard) const {
  const auto subscriptions = manager_->shard_subscriptions(shard);
  if (!subscriptions) return std::nullopt;
  std::optional<venue::OpenConnection> found;
  for (const venue::OpenConnection& connection : venue_->connections()) {
    const auto source = source_of(connection.target);
    if (!source || source->shard != shard || connection.is_silenced) continue;
    if (connection.subscriptions != subscriptions->size()) continue;
    if (found) return std::nullopt;  // One replaces the other just now.
    found = connection;
  }
  return found;
}

Result<void> Stage::do_to(venue::ConnectionId connection, const Appointment& appointment) {
  switch (appointment.incident) {
    case Incident::kCut: return venue_->cut(connection);
    case Incident::kSilence: return venue_->silence(connection);
    case Incident::kLeave:
      return venue_->ask_to_leave(connection, kServiceRestart, "please connect again");
    case Incident::kDrain: return venue_->announce_leave(connection, plan_.length / 10);
    case Incident::kSwitchover: return manager_->hot_switchover(appointment.shard);
  }
  return {};
}

bool Stage::is_whole() const { return venue_->topics_in_service() == plan_.topics; }

std::size_t Stage::messages_waiting() const {
  return venue_->messages_waiting() + manager_->metrics().snapshot().queue_depth;
}

Account Stage::close() {
  (void)manager_->stop();
  venue_->stop();
  const Receipts receipts = handler_->receipts();
  Account account = settle(venue_->record(), receipts, happenings_);
  account.ledger =
      audit(handler_->ledger(), receipts,
            manager_->metrics().snapshot().counters.duplicates_removed, account.total.duplicated);
  account.rebalance = handler_->rebalance();
  account.switchovers = handler_->switchovers();
  account.redundancy = plan_.redundancy;
  return account;
}

Frame Stage::frame() {
  const MetricsSnapshot metrics = manager_->metrics().snapshot();
  const std::uint64_t received = handler_->received();
  const Duration now = elapsed();
  Frame frame{.elapsed = now,
              .length = plan_.length,
              .topics = plan_.topics,
              .topics_in_service = venue_->topics_in_service(),
              .subscriptions = metrics.subscriptions,
              .messages_lost = metrics.counters.messages_lost,
              .gaps = metrics.counters.gaps,
              .received = received,
              .messages_per_second = total_rate_.add(now, received),
              .shards = {},
              .events = events_.last(EventList::kKept)};
  for (const ShardMetrics& shard : metrics.shards) {
    frame.shards.push_back({shard.shard_id, shard.status, shard.subscriptions, shard.generation,
                            shard_rates_[shard.shard_id].add(now, shard.messages_received)});
  }
  return frame;
}

}  // namespace wsm::demo
