// What becomes of the lines of a Shard: opened, proven, lost, replaced, over.

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "core/recovery/backoff.h"
#include "core/recovery/retry_verdict.h"
#include "core/shard/shard.h"

namespace wsm {

namespace {

/// The server has ended it: neither our hooks nor the network have.
bool is_servers_word(DisconnectKind kind) {
  return kind == DisconnectKind::kUpgradeRefused || kind == DisconnectKind::kClosedByServer ||
         kind == DisconnectKind::kConnectionLost || kind == DisconnectKind::kProtocolError;
}

}  // namespace

void Shard::enter(ShardStatus status) {
  WSM_ASSERT(is_legal(status_, status));
  status_ = status;
  if (status_ == ShardStatus::kClosed) out_.events.emplace_back(event::ShardClosed{id_});
}

Shard::LinePtr Shard::make_line(TimePoint now) {
  generation_ = Generation{generation_.value() + 1};
  Detour detour = std::exchange(detour_, {});
  EndpointChoice choice{rotation_.current(), circuits_.shut_for(id_), std::move(detour.url)};
  // Who is redirected goes there whatever the breaker says: nobody else would ever find out.
  if (!detour.is_redirect &&
      std::ranges::find(choice.shut, endpoint_of(choice.directed)) != choice.shut.end()) {
    choice.directed.clear();
  }
  auto line = std::make_unique<Line>(generation_, settings_.connection, entropy_, std::move(choice),
                                     source_, now);
  line->place = detour.place;
  if (is_paused_) line->connection.pause(now);
  out_.events.emplace_back(event::Connecting{id_, generation_, failures_});
  return line;
}

/// Draws the conclusions from whatever has just happened to `line`. It may be gone afterwards.
void Shard::settle(Line& line, TimePoint now) {
  while (const auto wanted = line.connection.poll_action()) perform(line, *wanted, now);
  while (const auto notice = line.connection.poll_notice()) handle_notice(line, *notice, now);
  if (line.is_lost()) {
    handle_lost(line, now);  // What it still said proves nothing: it cannot take over any more.
  } else if (line.connection.take_new_data()) {
    handle_new_data(line, now);
  }
  bury_closed(now);
  check_invariants();
}

void Shard::perform(Line& line, const Connection::Action& wanted, TimePoint now) {
  if (std::holds_alternative<Connection::Prepare>(wanted)) {
    out_.actions.emplace_back(
        action::Prepare{id_of(line), failures_, credentials_.must_refresh(), line.choice});
  } else if (const auto* dial = std::get_if<Connection::Dial>(&wanted)) {
    line.endpoint = dial->url.endpoint();
    line.dialed_at = now;
    line.proxy = proxies_.take(now);
    const auto proxy = line.proxy ? std::optional{line.proxy->proxy} : std::nullopt;
    out_.actions.emplace_back(
        action::Dial{id_of(line), dial->url, dial->deadline, line.source, proxy});
  } else {
    out_.actions.emplace_back(action::Greet{id_of(line)});
  }
}

void Shard::handle_notice(Line& line, const Connection::Notice& notice, TimePoint now) {
  if (const auto* opened = std::get_if<Connection::Opened>(&notice)) {
    handle_opened(line, opened->time_to_connect, now);
  } else if (const auto* stalled = std::get_if<Connection::Stalled>(&notice)) {
    handle_stalled(line, stalled->silence, now);
  } else if (std::holds_alternative<Connection::Doubtful>(notice)) {
    replace_doubtful(line, now);
  } else if (const auto* answered = std::get_if<Connection::Answered>(&notice)) {
    out_.timings.ping_round_trip.add(answered->round_trip);
  } else {
    const Duration silence = std::get<Connection::Unanswered>(notice).silence;
    report_health(line, DisconnectKind::kPongTimeout, silence);
  }
}

void Shard::handle_opened(Line& line, Duration time_to_connect, TimePoint now) {
  ++out_.counters.connections;
  if (std::exchange(has_been_open_, true)) ++out_.counters.reconnections;
  out_.timings.time_to_connect.add(time_to_connect);
  credentials_.handle_opened();
  redirects_ = 0;
  out_.events.emplace_back(event::Connected{id_, line.generation, time_to_connect});
  circuits_.handle_opened(id_, *line.endpoint, now);
  if (line.place) rotation_.handle_opened(*line.place);
  if (&line == active_.get()) {
    enter(ShardStatus::kLive);
    is_suspended_ = false;
    is_suspension_told_ = false;
    // What was said of a standby of the connection before is no reason to leave this one alone.
    no_switchover_before_ = std::min(no_switchover_before_, now + settings_.backoff.max_delay);
    no_dial_before_ = TimePoint{};
    deadlines_.set(Timer::kStable, now + settings_.backoff.stable_after);
    schedule_renewal(RenewalSchedule::Opening::kOther, now);
  } else {
    WSM_ASSERT(&line == standby_.get());
    switchover_.handle_standby_open(now);
  }
  joins_.add_connection(id_of(line));
  line.batcher.emplace(settings_.requests, budget_);
  line.tracker.emplace(settings_.truth, feed_);
  if (is_paused_) line.tracker->pause(now);
  for (const SubscriptionId id : desired_) {
    if (!rejected_.contains(id)) line.batcher->want(id);
  }
  request_subscriptions(line, now);
}

void Shard::handle_new_data(const Line& line, TimePoint now) {
  if (&line == active_.get()) {
    switchover_.handle_active_data();
    standbys_lost_ = 0;
  }
  if (&line == standby_.get()) switchover_.handle_standby_data();
  conclude_if_proven(now);
}

/// The server, the network or a time-out has ended `line`.
void Shard::handle_lost(Line& line, TimePoint now) {
  if (line.is_reported) return;
  consider_proxy(line);
  consider_redirect(line);
  DisconnectReason reason = *line.connection.reason();
  if (reason.close_code) last_close_code_ = reason.close_code;
  report_end(line, now);
  limit_wait(reason, now);
  end_requests(line);
  if (&line != active_.get() && &line != standby_.get()) return;  // It was draining already.
  if (line.is_redirected && &line == active_.get()) {
    draining_.push_back(take_active(now));
    return go_where_redirected(reason, now);
  }
  ask_about_error(line, reason);
  if (!line.is_redirected) note_failed(line, reason.kind);
  if (&line == standby_.get()) {
    if (classify(reason) == RetryVerdict::kRefreshCredentials) {
      credentials_.handle_refused();
    } else {
      asked_about_standby_ = line.generation;
    }
    const bool is_turned_away = !line.is_redirected &&
                                switchover_.trigger() == SwitchoverTrigger::kStall &&
                                !switchover_.has_active_data() && is_servers_word(reason.kind);
    conclude(switchover_.handle_standby_lost(now), std::move(reason), now);
    if (is_turned_away) give_up_silent(now);
    return;
  }
  interrupt(GapCause::kReconnect, id_of(line), std::nullopt, now);
  draining_.push_back(take_active(now));
  if (switchover_.is_idle()) return schedule_reconnect(line.generation, reason, now);
  conclude(switchover_.handle_active_lost(now), std::move(reason), now);
}

void Shard::begin_switchover(SwitchoverTrigger trigger, TimePoint now) {
  WSM_ASSERT(status_ == ShardStatus::kLive);
  switchover_.begin(trigger, now);
  deadlines_.clear(Timer::kRenewal);
  ++out_.counters.hot_switchovers;
  out_.events.emplace_back(event::SwitchoverStarted{id_, trigger});
  standby_ = make_line(now);
  reports_.begin(active_->generation, standby_->generation);
  settle(*standby_, now);
}

/// Carries out what the switchover has decided. `reason` is the end of the line that has to go.
void Shard::conclude(const Switchover::Verdict& verdict, DisconnectReason reason, TimePoint now) {
  if (verdict.decision == Switchover::Decision::kHandOver) return hand_over(now);
  note_decided(verdict, now);
  if (verdict.decision == Switchover::Decision::kAbandon) {
    if (verdict.outcome == SwitchoverOutcome::kAbandoned) {
      ++out_.counters.hot_switchover_failures;
      put_off_switchover(reason, now);
    }
    unproven_.clear();
    // If it is cancelled, the active line goes as well.
    if (verdict.outcome == SwitchoverOutcome::kAbandoned) take_back(now);
    handed_over_.clear();
    retire(std::move(standby_), std::move(reason), now);
    return;
  }
  if (active_) interrupt_unasked(now);
  unproven_.clear();
  handed_over_.clear();
  if (active_ && settings_.handover == Handover::kWrittenThenCut) active_->connection.abort(reason);
  if (active_) retire(take_active(now), std::move(reason), now);
  active_ = std::move(standby_);
  take_the_word_of_active(now);
  end_waiting(now);
  if (!active_->connection.is_open()) {
    deadlines_.clear_all();
    enter(ShardStatus::kConnecting);
    return;
  }
  deadlines_.set(Timer::kStable, now + settings_.backoff.stable_after);
  schedule_renewal(RenewalSchedule::Opening::kRenewal, now);
  leave_drained(now);
}

void Shard::note_decided(const Switchover::Verdict& verdict, TimePoint now) {
  const Duration duration = verdict.phases.total();
  out_.timings.switchover_duration.add(duration);
  out_.events.emplace_back(
      event::SwitchoverFinished{id_, verdict.trigger, verdict.outcome, duration});
  const RequestBatcher* batcher = standby_->batcher ? &*standby_->batcher : nullptr;
  const std::size_t asked = batcher ? batcher->requested_count() : 0;
  unproven_.merge(handed_unproven_);
  handed_unproven_.clear();
  // What was refused is unproven, but not asked for any more.
  const auto is_asked = [batcher](SubscriptionId id) {
    return batcher && batcher->requested_at(id).has_value();
  };
  const auto missing = static_cast<std::size_t>(std::ranges::count_if(unproven_, is_asked));
  const std::size_t proven = asked - std::min(missing, asked);
  std::vector<SubscriptionName> unproven;
  for (const SubscriptionId id : unproven_) unproven.push_back({id});
  reports_.conclude(verdict, id_, proven, std::move(unproven), now);
}

/// The active line serves, so there is no hurry: no standby is tried before a jittered delay near
/// the longest one is over, and Retry-After is obeyed as by every other attempt.
void Shard::put_off_switchover(const DisconnectReason& reason, TimePoint now) {
  const Duration longest = settings_.backoff.max_delay;
  const Duration delay = uniform_delay(longest / 2, longest, rng_);
  no_switchover_before_ = now + std::max(delay, reason.retry_after.value_or(Duration::zero()));
  // The server has said it of all connections, not of standbys.
  if (reason.retry_after) no_dial_before_ = no_switchover_before_;
  if (active_->is_drained) {
    return deadlines_.set(Timer::kRenewal, no_switchover_before_);
  }
  if (!settings_.renewal_interval) return;
  deadlines_.set(Timer::kRenewal, std::max(renewal_due_, no_switchover_before_));
}

void Shard::schedule_renewal(RenewalSchedule::Opening opening, TimePoint now) {
  if (!settings_.renewal_interval) return;
  renewal_due_ = renewals_.plan(id_, opening, *settings_.renewal_interval, now, rng_);
  deadlines_.set(Timer::kRenewal, renewal_due_);
}

void Shard::renew(TimePoint now) {
  if (status_ != ShardStatus::kLive || is_switching()) return;
  if (active_->is_drained) return leave_drained(now);
  if (settings_.hot_switchover) {
    if (!plan_switchover(SwitchoverTrigger::kAge, now)) put_off_renewal(now);
    return;
  }
  // Shorter than what asking for everything takes, the interval would leave the last for ever.
  const bool is_asking = !active_->batcher->has_asked_everything();
  if (is_asking || !governor_.has_slot(source_, now)) return put_off_renewal(now);
  break_service({.kind = DisconnectKind::kReplaced, .detail = "age"}, now);
  connect(now);
}

/// The handler has said where `line` goes.
void Shard::note_place(Line& line, const Preparation& preparation, TimePoint now) {
  if (!line.choice.directed.empty()) {  // The handler's list is as it was.
    return circuits_.handle_chosen(id_, rotation_.order(), endpoint_of(preparation.url), now);
  }
  const std::vector<std::string> only{preparation.url};
  auto endpoints = endpoints_of(preparation.urls.empty() ? only : preparation.urls);
  circuits_.handle_chosen(id_, endpoints, endpoint_of(preparation.url), now);
  rotation_.handle_listed(std::move(endpoints));
  line.place = preparation.place;
}

/// What a hook has failed at says nothing of any place.
void Shard::note_failed(const Line& line, DisconnectKind kind) {
  if (counts_against_endpoint(kind) || kind == DisconnectKind::kInvalidUrl) pass_over(line);
}

/// `line` was of no use, or will not be for long: the next one goes to another place.
void Shard::pass_over(const Line& line) {
  if (line.place) rotation_.handle_failed(*line.place);
}

/// Takes the active line out of service.
Shard::LinePtr Shard::take_active(TimePoint now) {
  renewals_.withdraw(id_);
  if (active_->connection.opened_at()) interrupted_at_ = now;
  return std::move(active_);
}

/// Takes the active line out of service before there is another.
void Shard::break_service(DisconnectReason reason, TimePoint now) {
  interrupt(GapCause::kReconnect, id_of(*active_), std::nullopt, now);
  retire(take_active(now), std::move(reason), now);
}

/// Takes `line` out of service and closes it; it drains until its closing handshake is over.
void Shard::retire(LinePtr line, DisconnectReason reason, TimePoint now) {
  end_requests(*line);
  if (line->connection.is_open()) {
    out_.events.emplace_back(event::ConnectionRetired{id_, line->generation, reason.kind});
  }
  joins_.retire_connection(id_of(*line));
  line->connection.close(std::move(reason), now);
  // An attempt is over for others when we give it up, not when its server has heard of that: the
  // next one of this shard may be a probe of its own.
  if (!line->connection.opened_at()) report_end(*line, now);
  draining_.push_back(std::move(line));
  bury_closed(now);
}

void Shard::report_end(Line& line, TimePoint now) {
  if (std::exchange(line.is_reported, true)) return;
  const DisconnectReason& reason = *line.connection.reason();
  const bool was_open = line.connection.opened_at().has_value();
  out_.events.emplace_back(event::Disconnected{id_, line.generation, was_open, reason});
  conclude_attempt(line, now);
  if (was_open) out_.actions.emplace_back(action::TellDisconnect{id_of(line), reason});
}

void Shard::tell_report(event::SwitchoverReported report) {
  if (has_taken_over(report.outcome)) {
    out_.counters.switchover_subscriptions_proven += report.proven;
    out_.counters.switchover_subscriptions_unproven += report.unproven.size();
    out_.timings.switchover_opening.add(report.opening);
    out_.timings.switchover_subscribing.add(report.subscribing);
    out_.timings.switchover_proving.add(report.proving);
    out_.timings.switchover_draining.add(report.draining);
  }
  out_.events.emplace_back(std::move(report));
}

/// Puts away the draining lines that are over; a closing shard is closed when none is left.
void Shard::bury_closed(TimePoint now) {
  for (LinePtr& line : draining_) {
    if (!line->connection.is_closed()) continue;
    report_end(*line, now);
    joins_.end_connection(id_of(*line), now);
    if (auto report = reports_.take(line->generation, now)) tell_report(*std::move(report));
    past_traffic_ += line->connection.traffic();
    return_permit(*line);
    budget_.give_back(line->counted, now);
    out_.actions.emplace_back(action::CloseTransport{id_of(*line)});
    closed_.push_back(std::move(line));
  }
  std::erase(draining_, nullptr);
  if (status_ == ShardStatus::kClosing && draining_.empty() && !active_ && !standby_) {
    enter(ShardStatus::kClosed);
  }
}

Line* Shard::find(Generation generation) {
  for (Line* line : lines()) {
    if (line->generation == generation) return line;
  }
  return nullptr;
}

std::vector<Line*> Shard::lines() const {
  std::vector<Line*> all;
  if (active_) all.push_back(active_.get());
  if (standby_) all.push_back(standby_.get());
  for (const LinePtr& line : draining_) all.push_back(line.get());
  return all;
}

void Shard::check_invariants() const {
  WSM_ASSERT((standby_ != nullptr) == !switchover_.is_idle());
  WSM_ASSERT((status_ == ShardStatus::kLive || status_ == ShardStatus::kConnecting) ==
             (active_ || is_waiting_));
  WSM_ASSERT(!is_waiting_ || !active_);
  WSM_ASSERT(!planned_ || status_ == ShardStatus::kLive);
  WSM_ASSERT((status_ == ShardStatus::kLive) == (active_ && active_->connection.is_open()));
  WSM_ASSERT(deadlines_.is_set(Timer::kRetry) == (status_ == ShardStatus::kBackingOff) ||
             status_ == ShardStatus::kSuspended);
}

}  // namespace wsm
