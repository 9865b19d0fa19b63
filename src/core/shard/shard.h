#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/metrics.h>
#include <wsm/result.h>

#include "base/deadline_table.h"
#include "base/rate_meter.h"
#include "core/join/joins.h"
#include "core/ledger/ledger.h"
#include "core/outbox.h"
#include "core/recovery/credentials.h"
#include "core/recovery/endpoint_rotation.h"
#include "core/recovery/retry_verdict.h"
#include "core/shard/detour.h"
#include "core/shard/line.h"
#include "core/shard/settings.h"
#include "core/shard/shard_environment.h"
#include "core/shard/shard_standing.h"
#include "core/shard/shard_status.h"
#include "core/subscription/rejections.h"
#include "core/subscription/waiting_times.h"
#include "core/switchover/switchover.h"
#include "core/switchover/switchover_reports.h"

namespace wsm {

/// A durable slot: keeps a set of subscriptions alive over one connection after the other.
///
/// Theory of operation. A shard has an *active* line that serves, for a while a *standby* that is
/// about to replace it, and old lines that *drain*: they finish their closing handshake and still
/// deliver. A line that is lost costs a failure; failures in a row lengthen the delay until the
/// next attempt, and after max_connect_attempts of them the shard counts as suspended and is probed
/// at the longest delay, for ever: what is desired is never given up. A connection must live for
/// stable_after before failures are forgotten. The next attempt waits for on_error's answer about
/// the last one, but never longer than connect_timeout.
///
/// Each line is let go by the circuit breaker of an endpoint that it may dial, as far as they are
/// known before the handler is asked (core/recovery/endpoint_rotation.h), and needs a permit of the
/// ConnectGovernor. While the shard waits for either it is connecting without a line, or, if a
/// standby was wanted, goes on as it is.
///
/// A copy of another shard (core/redundancy/copies.h) is a shard like any other, but what becomes
/// of a subscription is told in the name of the original.
///
/// Every new line is asked for everything that is desired, once, when it has opened.
///
/// Sans-IO; writes to its Outbox. Inputs that name a generation which is gone do nothing: a late
/// answer cannot touch a successor. After every call, ask next_deadline().
///
/// What this does not do: know of other shards, or decide what it carries. That is Supervisor's.
class Shard {
 public:
  Shard(ShardId id, const ShardEnvironment& environment);

  // Commands.
  /// Returns false when `id` was still held from before: it was unsubscribed, not released yet.
  bool subscribe(SubscriptionId id, TimePoint now);
  void unsubscribe(SubscriptionId id, TimePoint now);
  /// The same for a *guest*: another shard carries `id` as well, and it is that one's word that
  /// counts. What is known of it here is not acted upon, and counts for nothing; but the messages
  /// are delivered, by whoever is first.
  bool host(SubscriptionId id, TimePoint now);
  /// From now on it is this shard's word that counts.
  void make_resident(SubscriptionId id, TimePoint now);
  /// A refusal that stands, of what another shard has carried: to be told before subscribe().
  void adopt_rejection(SubscriptionId id, const Rejections::Rejection& rejection) {
    rejected_.add(id, rejection);
  }
  /// Ends `id` on the serving connection and asks for it again.
  void renew(SubscriptionId id, TimePoint now);
  /// Connects with what has been subscribed so far.
  void open(TimePoint now);
  /// Replaces the connection with a gap, at once; ends a delay or a suspension, and that of an open
  /// circuit breaker for the first that waits there. An attempt that is under way goes on.
  /// Errors: kNotConnected when it is being closed.
  Result<void> reconnect(TimePoint now);
  /// Errors: kNotConnected, kAlreadySwitching, kConnectionLimit, kSubscriptionLimit. Begins when
  /// there is a permit.
  Result<void> switch_over(SwitchoverTrigger trigger, TimePoint now);
  /// Another connection for a subscription that has no data on this one, whatever was tried; with
  /// a gap for all where no standby is allowed. Nothing happens while one is on its way.
  void replace_for_silent(TimePoint now);
  Result<void> send(const OutgoingMessage& message);
  /// Closes all connections; kClosed when the last one is over.
  void close(DisconnectReason reason, TimePoint now);
  /// Gives up the closing handshakes that are still under way.
  void abort(TimePoint now);
  void pause(TimePoint now);
  void resume(TimePoint now);
  /// Destroys the lines that are over. Nobody may hold their Connection any more.
  void discard_closed() { closed_.clear(); }

  // Inputs.
  void handle_lost(SubscriptionId id, std::int64_t messages) { reports_.handle_lost(id, messages); }
  void handle_prepared(Generation generation, Result<Preparation, DisconnectReason> preparation,
                       TimePoint now);
  void handle_connecting(Generation generation, TimePoint now);
  void handle_dialed(Generation generation, TimePoint now);
  void handle_greeted(Generation generation,
                      Result<std::vector<OutgoingMessage>, DisconnectReason> messages,
                      TimePoint now);
  void handle_rendered(Generation generation, Result<std::optional<OutgoingMessage>> rendered,
                       TimePoint now);
  /// A read has been taken in by connection(): look what it changed.
  void handle_received(Generation generation, TimePoint now);
  /// What one of the messages was. Data of no known subscription is the connection's alone.
  [[nodiscard]] Reception handle_inspected(Generation generation, const Message& message,
                                           const Inspected& inspected, TimePoint now);
  /// It was the turn of a message of `id` that had waited for others.
  void handle_released(SubscriptionId id, TimePoint now);
  /// Messages of `id` are missing on `connection`, which may live: what gap_recovery says.
  void recover(ConnectionId connection, SubscriptionId id, TimePoint now);
  /// Everything that the connection had to transmit has been written.
  void handle_transmitted(Generation generation, TimePoint now);
  /// The circuit breaker lets this shard go, which has waited for it.
  void handle_admitted(TimePoint now);
  /// The governor has given the permit that this shard waits for.
  void handle_permit(TimePoint now);
  /// There is room for subscriptions, which the connection that serves may have lacked; and for
  /// more of them, which the standby may.
  void handle_room(TimePoint now);
  void handle_room_for_standby(TimePoint now);
  void handle_transport_ended(Generation generation, DisconnectReason reason, TimePoint now);
  void handle_error_answer(Generation generation, ErrorAnswer answer, TimePoint now);
  void handle_timeout(TimePoint now);

  // Outputs, besides the Outbox.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  /// Appends the connections that have something to transmit now.
  void list_transmitting(std::vector<ConnectionId>& connections, TimePoint now);
  /// Subscriptions that were unsubscribed and that no connection has to be told of any more.
  [[nodiscard]] std::vector<SubscriptionId> take_released() { return std::exchange(released_, {}); }
  /// Subscriptions whose silence has lasted for their time-out, once more.
  [[nodiscard]] std::vector<SubscriptionTracker::Silent> take_silent() {
    return std::exchange(silent_, {});
  }

  // Getters.
  [[nodiscard]] ShardId id() const { return id_; }
  [[nodiscard]] SourceIndex source() const { return source_; }
  [[nodiscard]] ShardId group() const { return group_; }
  [[nodiscard]] ShardStatus status() const { return status_; }
  [[nodiscard]] bool is_paused() const { return is_paused_; }
  /// Told to close: nothing begins any more.
  [[nodiscard]] bool is_ending() const {
    return status_ == ShardStatus::kClosing || status_ == ShardStatus::kClosed;
  }
  [[nodiscard]] Connection* connection(Generation generation);
  /// The one that serves, if there is one.
  [[nodiscard]] std::optional<ConnectionId> serving() const;
  [[nodiscard]] const std::set<SubscriptionId>& desired() const { return desired_; }
  [[nodiscard]] const std::set<SubscriptionId>& guests() const { return guests_; }
  /// What is desired, without guests.
  [[nodiscard]] std::vector<SubscriptionId> residents() const;
  [[nodiscard]] bool has_residents() const { return desired_.size() > guests_.size(); }
  /// All residents have been requested on an open connection.
  [[nodiscard]] bool is_live() const;
  /// How far `id`, which is desired since then, has come.
  [[nodiscard]] SubscriptionState state(SubscriptionId id, TimePoint desired_since,
                                        TimePoint now) const;
  [[nodiscard]] const Rejections::Rejection* rejection(SubscriptionId id) const {
    return rejected_.find(id);
  }
  [[nodiscard]] ShardStanding standing() const;
  /// A switchover is under way, or waits for its permit.
  [[nodiscard]] bool is_switching() const { return !switchover_.is_idle() || planned_; }
  [[nodiscard]] bool has_been_open() const { return has_been_open_; }
  /// Connects by itself, or will. Only what on_error has stopped does not.
  [[nodiscard]] bool is_probed() const {
    return status_ != ShardStatus::kSuspended || deadlines_.is_set(Timer::kRetry);
  }
  /// The one that carries `id`, if there is one.
  [[nodiscard]] std::optional<ConnectionId> carrying(SubscriptionId id) const;
  /// When `id` was requested on the connection that carries it.
  [[nodiscard]] std::optional<TimePoint> requested_at(SubscriptionId id) const;
  /// The server of the connection that carries it has not said yet what it makes of `id`.
  [[nodiscard]] bool is_answer_awaited(SubscriptionId id) const;
  /// Residents only.
  [[nodiscard]] std::size_t requested_count() const;
  /// Residents, by status; kDesired is left to who knows how many there are in all.
  [[nodiscard]] SubscriptionCounts subscription_counts(TimePoint now) const;
  [[nodiscard]] std::size_t open_connections() const;
  /// Over all connections that this shard has had.
  [[nodiscard]] Traffic traffic() const;
  [[nodiscard]] ShardMetrics metrics(TimePoint now) const;

 private:
  using LinePtr = std::unique_ptr<Line>;
  enum class Timer : std::uint8_t { kRetry, kRenewal, kStable, kCount };

  /// After so many a silent connection is not kept for want of another.
  static constexpr std::uint32_t kStandbysLostMax = 2;

  void enter(ShardStatus status);
  void connect(TimePoint now);
  void begin_connecting(TimePoint now);
  void stop_waiting(TimePoint now);
  [[nodiscard]] bool ask_to_connect(ConnectUrgency urgency, TimePoint now);
  [[nodiscard]] bool ask_for_permit(ConnectUrgency urgency, TimePoint now);
  void conclude_attempt(const Line& line, TimePoint now);
  void use_permit(Line& line, TimePoint now);
  void return_permit(const Line& line);
  [[nodiscard]] bool may_dial(TimePoint now);
  LinePtr make_line(TimePoint now);
  void note_place(Line& line, const Preparation& preparation, TimePoint now);
  void note_failed(const Line& line, DisconnectKind kind);
  void pass_over(const Line& line);
  void consider_redirect(Line& line);
  void refuse_redirect(Line& line, const std::string& why);
  void consider_proxy(Line& line);
  void go_where_redirected(const DisconnectReason& reason, TimePoint now);
  void limit_wait(DisconnectReason& reason, TimePoint now) const;
  void note_way_open(const Line& line);
  void conclude_way(const Line& line, TimePoint now);
  void conclude_proxy(const Line& line, TimePoint now);
  void settle(Line& line, TimePoint now);
  void perform(Line& line, const Connection::Action& wanted, TimePoint now);
  void handle_notice(Line& line, const Connection::Notice& notice, TimePoint now);
  void handle_opened(Line& line, Duration time_to_connect, TimePoint now);
  void handle_new_data(const Line& line, TimePoint now);
  [[nodiscard]] bool speaks_for(SubscriptionId id) const;
  [[nodiscard]] bool is_companion_speaking(const LastDelivered& last,
                                           std::optional<ConnectionId> serving) const;
  void begin_joins(const Line& line, const std::vector<SubscriptionId>& asked, TimePoint now);
  [[nodiscard]] bool is_active_speaking(SubscriptionId id, const LastDelivered& last,
                                        TimePoint now) const;
  void note_proven(SubscriptionId id);
  void conclude_if_proven(TimePoint now);
  [[nodiscard]] Switchover::Evidence evidence(TimePoint now) const;
  [[nodiscard]] bool is_deaf(SubscriptionId id, TimePoint now) const;
  [[nodiscard]] bool is_stale(SubscriptionId id, TimePoint now) const;
  [[nodiscard]] bool is_standby_refused(SubscriptionId id) const;
  [[nodiscard]] bool is_standby_refused_any() const;
  [[nodiscard]] bool lacks_later_ones() const;
  [[nodiscard]] Line* carrier_of(SubscriptionId id) const;
  [[nodiscard]] bool may_hand_over(SubscriptionId id) const;
  [[nodiscard]] bool has_slice() const;
  void note_subscribed(TimePoint now);
  void hand_over(TimePoint now);
  void take_back(TimePoint now);
  void handle_stalled(Line& line, Duration silence, TimePoint now);
  void replace_doubtful(const Line& line, TimePoint now);
  void give_up_silent(TimePoint now);
  void replace_with_gap(Line& line, TimePoint now);
  void report_health(const Line& line, DisconnectKind kind, Duration silence);
  void handle_lost(Line& line, TimePoint now);
  [[nodiscard]] Result<void> plan_switchover(SwitchoverTrigger trigger, TimePoint now);
  void begin_switchover(SwitchoverTrigger trigger, TimePoint now);
  void ask_about_error(const Line& line, const DisconnectReason& reason);
  void schedule_reconnect(Generation failed, const DisconnectReason& reason, TimePoint now);
  void plan_retry(RetryVerdict verdict, TimePoint now);
  void begin_backoff();
  void retry_at(TimePoint time, TimePoint now);
  [[nodiscard]] bool is_to_be_suspended() const {
    return failures_ >= settings_.max_connect_attempts;
  }
  void forget_failures();
  void retry(TimePoint now);
  void suspend(bool is_probed);
  void conclude(const Switchover::Verdict& verdict, DisconnectReason reason, TimePoint now);
  void note_decided(const Switchover::Verdict& verdict, TimePoint now);
  void put_off_switchover(const DisconnectReason& reason, TimePoint now);
  void schedule_renewal(RenewalSchedule::Opening opening, TimePoint now);
  void renew(TimePoint now);
  void put_off_renewal(TimePoint now);
  bool want(Line& line, SubscriptionId id, TimePoint now);
  void request_subscriptions(Line& line, TimePoint now);
  void look_after_subscriptions(Line& line, TimePoint now);
  [[nodiscard]] Reception handle_data(Line& line, const Message& message, const Inspected& data,
                                      TimePoint now);
  [[nodiscard]] Reception enter_in_books(SubscriptionId id, ConnectionId connection,
                                         const Numbering& numbering, TimePoint now);
  void interrupt(GapCause cause, std::optional<ConnectionId> interrupted,
                 std::optional<TimePoint> heard_since, TimePoint now);
  void interrupt(SubscriptionId id, GapCause cause, std::optional<ConnectionId> interrupted,
                 TimePoint now);
  void interrupt_unasked(TimePoint now);
  void tell_changes(Line& line, TimePoint now);
  void note_live(SubscriptionId id, TimePoint now);
  void end_waiting(TimePoint now);
  bool carry(SubscriptionId id, TimePoint now);
  void handle_answer(Line& line, const Inspected& answer, TimePoint now);
  void reject(SubscriptionId id, Rejections::Rejection rejection);
  void take_the_word_of_active(TimePoint now);
  void handle_drain_notice(Line& line, const Inspected& notice, TimePoint now);
  [[nodiscard]] Result<void> follow(const Line& line, const std::string& url);
  void space_out_drains(TimePoint now);
  void leave_drained(TimePoint now);
  void retry_rejected(TimePoint now);
  [[nodiscard]] static bool may_ask(Line& line, TimePoint now);
  void end_requests(Line& line);
  void release_if_unheld(SubscriptionId id);
  [[nodiscard]] Failure<Error> not_live() const;
  [[nodiscard]] LinePtr take_active(TimePoint now);
  void break_service(DisconnectReason reason, TimePoint now);
  void retire(LinePtr line, DisconnectReason reason, TimePoint now);
  void report_end(Line& line, TimePoint now);
  void tell_report(event::SwitchoverReported report);
  void bury_closed(TimePoint now);
  [[nodiscard]] Line* find(Generation generation);
  [[nodiscard]] std::vector<Line*> lines() const;
  [[nodiscard]] ConnectionId id_of(const Line& line) const { return {id_, line.generation}; }
  void check_invariants() const;

  const ShardId id_;
  const ShardSettings& settings_;
  Rng& rng_;
  EntropySource& entropy_;
  Outbox& out_;
  ConnectGovernor& governor_;
  SubscriptionBudget& budget_;
  Circuits& circuits_;
  ProxyRotation& proxies_;
  SourceAddresses& sources_;
  Ledger& ledger_;
  Joins& joins_;
  FeedKnowledge& feed_;
  const Copies& copies_;
  RenewalSchedule& renewals_;
  const ShardId group_;  // The original of a copy, or the shard itself.
  SourceIndex source_;   // Of the next line.

  ShardStatus status_ = ShardStatus::kIdle;
  DeadlineTable<Timer> deadlines_;
  std::set<SubscriptionId> desired_;
  std::set<SubscriptionId> guests_;   // Of these: another shard's word counts.
  std::set<SubscriptionId> leaving_;  // Unsubscribed, but a line still has to tell its server.
  std::vector<SubscriptionId> released_;
  std::vector<SubscriptionTracker::Silent> silent_;
  WaitingTimes waiting_;  // Until what is desired is live.
  Rejections rejected_;   // Of what is desired: not asked for while it stands here.

  LinePtr active_;   // Serves, or is being opened to serve.
  LinePtr standby_;  // Exists while switchover_ is not idle.
  std::vector<LinePtr> draining_;
  std::vector<LinePtr> closed_;  // Over; kept until discard_closed().
  Switchover switchover_;
  SwitchoverReports reports_;
  std::set<SubscriptionId> unproven_;         // Of what the standby has been asked for.
  std::set<SubscriptionId> handed_over_;      // The standby carries these alone.
  std::set<SubscriptionId> handed_unproven_;  // Of these.
  bool is_waiting_ = false;                   // For its circuit breaker or a permit, with no line.
  std::optional<SwitchoverTrigger> planned_;  // A switchover that waits for the same.

  Generation generation_;        // The last one given.
  std::uint32_t failures_ = 0;   // In a row.
  EndpointRotation rotation_;    // Over the places that the handler names.
  Detour detour_;                // The next line goes there.
  Generation spaced_out_;        // The last drained line that it was decided of how long to wait.
  std::uint32_t drains_ = 0;     // Lines left for that in a row.
  std::uint32_t redirects_ = 0;  // Followed in a row.
  Credentials credentials_;
  bool is_suspended_ = false;  // And has not been open since.
  bool is_suspension_told_ = false;
  std::optional<Generation> asked_about_;          // on_error has not answered about it yet.
  std::optional<Generation> asked_about_standby_;  // The same; another line serves.
  TimePoint failed_at_;                            // When it was asked.
  RetryVerdict verdict_ = RetryVerdict::kRetry;    // About it.
  std::optional<Duration> retry_after_;            // The server's word in it.
  TimePoint retry_at_;                             // When the backoff of that failure ends.
  TimePoint renewal_due_;                          // Of the active line, if there are renewals.
  TimePoint no_switchover_before_;                 // A standby has failed not long ago.
  std::uint32_t standbys_lost_ = 0;                // In a row, for an active line without data.
  TimePoint no_dial_before_;                       // Retry-After, which a standby was told.
  bool has_been_open_ = false;
  std::optional<TimePoint> interrupted_at_;
  bool is_paused_ = false;
  Traffic past_traffic_;  // Of the lines that are over.
  RateMeter message_rate_;
  RateMeter byte_rate_;
  std::optional<std::uint16_t> last_close_code_;
};

}  // namespace wsm
