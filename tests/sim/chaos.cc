#include "sim/chaos.h"

#include <algorithm>
#include <iterator>

#include "wire/url.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kCloseCodes[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009,
                                         1010, 1011, 1012, 1013, 1014, 3000, 4999};
constexpr unsigned kStatuses[] = {200, 301, 401, 403, 404, 408, 418, 429, 500, 502, 503, 504};

}  // namespace

Chaos::Chaos(World& world, Network& network, Venue& venue, Client& client,
             const PlacementOracle& placement, const FaultPlan& plan)
    : world_(world),
      network_(network),
      venue_(venue),
      client_(client),
      placement_(placement),
      plan_(plan),
      dice_(world.dice("faults")),
      drain_dice_(world.dice("drain notices")),
      usual_quality_(network.quality()) {}

void Chaos::begin() {
  for (std::size_t fault = 0; fault < kFaultCount; ++fault) schedule(static_cast<Fault>(fault));
}

void Chaos::end() {
  is_over_ = true;
  for (std::size_t fault = 0; fault < kFaultCount; ++fault) end_lasting(static_cast<Fault>(fault));
}

void Chaos::schedule(Fault fault) {
  const Duration mean = plan_.interval(fault);
  if (mean == Duration::zero()) return;
  world_.after(dice_.between({}, 2 * mean), [this, fault] {
    if (is_over_) return;
    commit(fault);
    schedule(fault);
  });
}

void Chaos::commit(Fault fault) {
  ++counts_[static_cast<std::size_t>(fault)];
  world_.trace.note("fault", to_string(fault));
  switch (fault) {
    case Fault::kReset:
    case Fault::kFinish:
    case Fault::kClose:
    case Fault::kHalfOpen:
    case Fault::kDeafVenue:
    case Fault::kDumbVenue:
    case Fault::kPingBurst:
    case Fault::kMuteConnection:
    case Fault::kMuteTopic:
    case Fault::kSkippedMessage:
    case Fault::kDrainNotice:
    case Fault::kIgnoredPings:
    case Fault::kGarbage: return hurt_a_session(fault);
    case Fault::kRestart:
    case Fault::kOutage:
    case Fault::kDeadEndpoint:
    case Fault::kRefusal:
    case Fault::kAcceptAndClose:
    case Fault::kSilentOffice:
    case Fault::kRejections:
    case Fault::kIgnoredRequests:
    case Fault::kStrictVenue:
    case Fault::kSlowHandler:
    case Fault::kFreeze:
    case Fault::kSleep:
    case Fault::kThrowingHooks:
    case Fault::kHangingHooks:
    case Fault::kBadNetwork:
    case Fault::kDeadSource:
    case Fault::kDeadProxy:
    case Fault::kSaysStop: return begin_lasting(fault);
    case Fault::kNewNumbers:
      return venue_.renumber(Topic{static_cast<Topic::rep>(dice_.below(venue_.rules().topics))});
    case Fault::kSubscribe:
    case Fault::kUnsubscribe:
    case Fault::kSwitchover:
    case Fault::kMove:
    case Fault::kReconnect: return act(fault);
    case Fault::kCount: return;
  }
}

void Chaos::hurt_a_session(Fault fault) {
  auto sessions = venue_.sessions();
  if (sessions.empty()) return;
  Session& victim = *dice_.one_of(sessions);
  switch (fault) {
    case Fault::kReset: return victim.reset();
    case Fault::kFinish: return victim.finish();
    case Fault::kClose: return victim.close(dice_.one_of(kCloseCodes), "simulated");
    case Fault::kHalfOpen: return victim.go_silent();
    case Fault::kDeafVenue: return victim.lose(Session::Direction::kToVenue);
    case Fault::kDumbVenue: return victim.lose(Session::Direction::kToClient);
    case Fault::kPingBurst:
      for (int i = 0; i < 50; ++i) victim.ping();
      return;
    case Fault::kMuteConnection: return victim.mute();
    case Fault::kMuteTopic:
    case Fault::kSkippedMessage: return hurt_a_topic(fault, victim);
    case Fault::kDrainNotice: return victim.drain(draw_drain_url());
    case Fault::kIgnoredPings: return victim.ignore_pings();
    default: return victim.send_garbage();
  }
}

std::string Chaos::draw_drain_url() {
  if (drain_urls_.empty() || drain_dice_.once_in(4)) return {};
  return drain_dice_.one_of(drain_urls_);
}

void Chaos::hurt_a_topic(Fault fault, Session& victim) {
  const std::vector<Topic> topics{victim.topics().begin(), victim.topics().end()};
  if (topics.empty()) return;
  const Topic topic = dice_.one_of(topics);
  if (fault == Fault::kSkippedMessage) return victim.skip(topic);
  victim.mute(topic, dice_.once_in(2) ? Session::Cure::kAskAgain : Session::Cure::kOtherConnection);
}

void Chaos::begin_lasting(Fault fault) {
  switch (fault) {
    case Fault::kRestart:
      venue_.drop_all();
      // Who has forgotten what it had sent begins anew.
      if (plan_.interval(Fault::kNewNumbers) > Duration::zero()) venue_.renumber_all();
      network_.set_on_dial(OnDial::kRefuse);
      break;
    case Fault::kOutage: network_.set_on_dial(OnDial::kIgnore); break;
    case Fault::kDeadEndpoint: {
      // One draw a statement: the order of two arguments is the compiler's choice.
      const OnDial on_dial = dice_.once_in(2) ? OnDial::kIgnore : OnDial::kRefuse;
      network_.set_on_dial(parse_url(dice_.one_of(client_.urls())).value().host, on_dial);
      break;
    }
    case Fault::kRefusal: {
      Reception reception{.answer = Reception::Answer::kRefuse, .status = dice_.one_of(kStatuses)};
      if (dice_.once_in(2)) {
        reception.retry_after_seconds = static_cast<unsigned>(dice_.between(std::uint64_t{1}, 60));
      }
      venue_.set_reception(reception);
      break;
    }
    case Fault::kAcceptAndClose:
      venue_.set_reception({.answer = Reception::Answer::kAcceptThenClose});
      break;
    case Fault::kSilentOffice: venue_.set_office(Office::kSilent); break;
    case Fault::kRejections: venue_.set_office(Office::kRejects); break;
    case Fault::kIgnoredRequests: venue_.set_office(Office::kIgnores); break;
    case Fault::kStrictVenue:
      venue_.set_strictness(static_cast<std::size_t>(dice_.between(std::uint64_t{2}, 4)));
      break;
    case Fault::kSlowHandler: client_.pause(); break;
    case Fault::kFreeze: return client_.freeze(dice_.between(100ms, 2min));
    case Fault::kSleep: return client_.freeze(dice_.between(2min, 15min));
    case Fault::kThrowingHooks: client_.set_hooks({.throws_once_in = 3}); break;
    case Fault::kHangingHooks: client_.set_hooks({.hangs_once_in = 3}); break;
    case Fault::kBadNetwork:
      network_.set_quality({.latency = dice_.between(10ms, 2s),
                            .jitter = dice_.between(1ms, 2s),
                            .bytes_per_second = dice_.between(std::uint64_t{2'000}, 100'000),
                            .cuts_one_segment_in = 2});
      break;
    case Fault::kDeadSource:
      client_.set_dead_source(dice_.below(client_.config().connection().source_ips.size()));
      break;
    case Fault::kDeadProxy:
      client_.set_dead_proxy(dice_.below(client_.config().connection().proxies.size()));
      break;
    case Fault::kSaysStop: client_.say_stop(); break;
    default: return;
  }
  ++lasting_[static_cast<std::size_t>(fault)];
  world_.after(dice_.between(100ms, 3min), [this, fault] {
    if (--lasting_[static_cast<std::size_t>(fault)] == 0) end_lasting(fault);
  });
}

void Chaos::end_lasting(Fault fault) {
  switch (fault) {
    case Fault::kRestart:
    case Fault::kOutage: return network_.set_on_dial(OnDial::kAccept);
    case Fault::kDeadEndpoint: return network_.revive_hosts();
    case Fault::kDeadSource: return client_.set_dead_source(std::nullopt);
    case Fault::kDeadProxy: return client_.set_dead_proxy(std::nullopt);
    case Fault::kSaysStop: return client_.say_go_on();
    case Fault::kRefusal:
    case Fault::kAcceptAndClose: return venue_.set_reception({});
    case Fault::kSilentOffice:
    case Fault::kRejections:
    case Fault::kIgnoredRequests: return venue_.set_office(Office::kOpen);
    case Fault::kStrictVenue: return venue_.set_strictness(1);
    case Fault::kSlowHandler:
      if (client_.is_paused()) client_.resume();
      return;
    case Fault::kThrowingHooks:
    case Fault::kHangingHooks: return client_.set_hooks({});
    case Fault::kBadNetwork: return network_.set_quality(usual_quality_);
    default: return;
  }
}

void Chaos::act(Fault fault) {
  const Topic topic{static_cast<Topic::rep>(dice_.below(venue_.rules().topics))};
  const auto shards = client_.shards();
  switch (fault) {
    case Fault::kSubscribe:
      if (!placement_.wanted().contains(topic)) client_.subscribe(topic);
      return;
    case Fault::kUnsubscribe:
      if (placement_.wanted().contains(topic)) client_.unsubscribe(topic);
      return;
    case Fault::kSwitchover:
      if (!shards.empty()) client_.switch_over(dice_.one_of(shards));
      return;
    case Fault::kMove:
      if (!shards.empty()) client_.move(topic, dice_.one_of(shards));
      return;
    default:
      if (!shards.empty()) client_.reconnect(dice_.one_of(shards));
      return;
  }
}

}  // namespace wsm::sim
