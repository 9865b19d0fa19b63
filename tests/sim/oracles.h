#pragma once

#include <vector>

#include "sim/observer.h"
#include "sim/oracle_answers.h"
#include "sim/oracle_circuit.h"
#include "sim/oracle_counters.h"
#include "sim/oracle_delivery.h"
#include "sim/oracle_drain.h"
#include "sim/oracle_freshness.h"
#include "sim/oracle_gaps.h"
#include "sim/oracle_join.h"
#include "sim/oracle_ledger.h"
#include "sim/oracle_limits.h"
#include "sim/oracle_placement.h"
#include "sim/oracle_planned.h"
#include "sim/oracle_recovery.h"
#include "sim/oracle_silence.h"
#include "sim/oracle_state.h"
#include "sim/oracle_truth.h"
#include "sim/oracle_withholding.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// All oracles of a world; each is told everything.
class Oracles final : public Observer {
 public:
  explicit Oracles(World& world) : verdict(world) {}

  void handle_wanted(Topic topic) override {
    for (Observer* oracle : all_) oracle->handle_wanted(topic);
  }
  void handle_unwanted(Topic topic) override {
    for (Observer* oracle : all_) oracle->handle_unwanted(topic);
  }
  void handle_reconnect(ShardId shard) override {
    for (Observer* oracle : all_) oracle->handle_reconnect(shard);
  }
  void handle_error_answered(ConnectionId id, ErrorAnswer answer) override {
    for (Observer* oracle : all_) oracle->handle_error_answered(id, answer);
  }
  void handle_prepare(ConnectionId id, bool must_refresh) override {
    for (Observer* oracle : all_) oracle->handle_prepare(id, must_refresh);
  }
  void handle_dial(ConnectionId id, SourceIndex source, const Url& url) override {
    for (Observer* oracle : all_) oracle->handle_dial(id, source, url);
  }
  void handle_connecting(ConnectionId id, SourceIndex source) override {
    for (Observer* oracle : all_) oracle->handle_connecting(id, source);
  }
  void handle_frame(ConnectionId id) override {
    for (Observer* oracle : all_) oracle->handle_frame(id);
  }
  void handle_asked(ConnectionId id, const Request& request, std::size_t bytes) override {
    for (Observer* oracle : all_) oracle->handle_asked(id, request, bytes);
  }
  void handle_paused() override {
    for (Observer* oracle : all_) oracle->handle_paused();
  }
  void handle_resumed() override {
    for (Observer* oracle : all_) oracle->handle_resumed();
  }
  void handle_frozen(TimePoint until) override {
    for (Observer* oracle : all_) oracle->handle_frozen(until);
  }
  void handle_drain_notice(ConnectionId id, const std::string& url) override {
    for (Observer* oracle : all_) oracle->handle_drain_notice(id, url);
  }
  void handle_answered(ConnectionId id, std::uint64_t request) override {
    for (Observer* oracle : all_) oracle->handle_answered(id, request);
  }
  void handle_arrived(ConnectionId id, Topic topic, Sequence sequence) override {
    for (Observer* oracle : all_) oracle->handle_arrived(id, topic, sequence);
  }
  void handle_delivered(ConnectionId id, const FeedMessage& message) override {
    for (Observer* oracle : all_) oracle->handle_delivered(id, message);
  }
  void handle_withheld(ConnectionId id, const FeedMessage& message) override {
    for (Observer* oracle : all_) oracle->handle_withheld(id, message);
  }
  void handle_hung_up(ConnectionId id, bool has_read_all) override {
    for (Observer* oracle : all_) oracle->handle_hung_up(id, has_read_all);
  }
  void handle_event(const EventKind& event) override {
    for (Observer* oracle : all_) oracle->handle_event(event);
  }
  void handle_request(ConnectionId id, const Request& request) override {
    for (Observer* oracle : all_) oracle->handle_request(id, request);
  }
  void handle_published(Topic topic, Sequence sequence) override {
    for (Observer* oracle : all_) oracle->handle_published(topic, sequence);
  }
  void handle_renumbered(Topic topic, Sequence first) override {
    for (Observer* oracle : all_) oracle->handle_renumbered(topic, first);
  }
  void handle_sent(ConnectionId id, Topic topic, Sequence sequence) override {
    for (Observer* oracle : all_) oracle->handle_sent(id, topic, sequence);
  }
  void handle_pong(ConnectionId id, std::uint64_t number) override {
    for (Observer* oracle : all_) oracle->handle_pong(id, number);
  }
  void handle_granted(ConnectionId id, Topic topic) override {
    for (Observer* oracle : all_) oracle->handle_granted(id, topic);
  }
  void handle_refused(ConnectionId id, Topic topic) override {
    for (Observer* oracle : all_) oracle->handle_refused(id, topic);
  }
  void handle_subscribed(ConnectionId id, Topic topic) override {
    for (Observer* oracle : all_) oracle->handle_subscribed(id, topic);
  }
  void handle_unsubscribed(ConnectionId id, Topic topic) override {
    for (Observer* oracle : all_) oracle->handle_unsubscribed(id, topic);
  }
  void handle_hurt(ConnectionId id, std::optional<Topic> topic) override {
    for (Observer* oracle : all_) oracle->handle_hurt(id, topic);
  }
  void handle_ended(ConnectionId id) override {
    for (Observer* oracle : all_) oracle->handle_ended(id);
  }
  void handle_complaint(ConnectionId id, std::string_view what) override {
    for (Observer* oracle : all_) oracle->handle_complaint(id, what);
  }

  /// Somebody else who is told everything; must outlive this.
  void add(Observer& observer) { all_.push_back(&observer); }

  /// To be asked now and then, between turns: whether what the core says of itself is true.
  void check(const Supervisor& core) {
    counters.check(core, placement.wanted().size());
    circuit.check(core);
    ledger.check(core);
    join.check();
    state.check(core);
    gaps.check();
    planned.check();
    silence.check(core);
    drain.check();
    withholding.check();
    answers.check(core);
  }

  Verdict verdict;
  DeliveryOracle delivery{verdict};
  PlacementOracle placement{verdict};
  CircuitOracle circuit{verdict};
  CounterOracle counters{verdict};
  FreshnessOracle freshness{verdict.world()};
  LimitOracle limits{verdict};
  JoinOracle join{verdict};
  LedgerOracle ledger{verdict};
  GapOracle gaps{verdict};
  PlannedOracle planned{verdict};
  SilenceOracle silence{verdict};
  StateOracle state{verdict};
  TruthOracle truth{verdict};
  DrainOracle drain{verdict};
  WithholdingOracle withholding{verdict};
  AnswersOracle answers{verdict};
  RecoveryOracle recovery{verdict, placement, freshness};

 private:
  std::vector<Observer*> all_{&delivery, &placement, &circuit,     &counters, &freshness, &limits,
                              &join,     &ledger,    &gaps,        &planned,  &silence,   &state,
                              &truth,    &drain,     &withholding, &answers};
};

}  // namespace wsm::sim
