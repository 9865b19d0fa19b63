// Commands and what they lead to. Inputs and outputs are in supervisor_inputs.cc, what changes its
// shard in supervisor_moves.cc.

#include "core/supervisor/supervisor.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "wire/proxy_url.h"

namespace wsm {
namespace {

std::size_t count_distinct(std::span<const SubscriptionId> ids) {
  std::vector<SubscriptionId> distinct{ids.begin(), ids.end()};
  std::ranges::sort(distinct);
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  return distinct.size();
}

std::size_t shards_for(std::size_t subscriptions, std::size_t capacity) {
  return subscriptions / capacity + (subscriptions % capacity != 0 ? 1 : 0);
}

/// Of proxies that the configuration has checked.
std::vector<std::string> shown(const std::vector<std::string>& proxies) {
  std::vector<std::string> names;
  for (const std::string& url : proxies) names.push_back(parse_proxy_url(url).value().shown());
  return names;
}

}  // namespace

Supervisor::Supervisor(const ShardManagerConfig& config, Rng& rng, EntropySource& entropy,
                       ConnectSlotsBySource connects)
    : config_(config),
      settings_(ShardSettings::from(config)),
      rng_(rng),
      entropy_(entropy),
      governor_(settings_.connects, std::move(connects)),
      budget_(settings_.subscriptions_max),
      circuits_(settings_.circuits, rng_, out_),
      proxies_(shown(config.connection().proxies), config.backoff(), rng_),
      sources_(config.connection().source_ips.size(), config.connection().shards_per_ip,
               config.backoff(), rng),
      ledger_(settings_.ledger, out_),
      joins_(settings_.joins, out_),
      moves_(settings_.proof_timeout),
      policy_(policy_from(config.manager())),
      measures_rates_(policy_.even_out_by.value_or(LoadMeasure::kCount) != LoadMeasure::kCount),
      redundancy_(config.manager().redundancy) {}

Result<void> Supervisor::start(std::span<const SubscriptionId> initial, std::size_t shard_capacity,
                               TimePoint now) {
  std::optional<Error> fault;
  if (status_ == SupervisorStatus::kRunning) fault = Error{Errc::kAlreadyRunning, {}};
  if (status_ > SupervisorStatus::kRunning) fault = refusal();
  if (shard_capacity == 0) {
    fault = Error{Errc::kInvalidArgument, "max_subscriptions_per_shard is 0"};
  }
  const std::size_t wishes = count_distinct(initial);
  const std::size_t shards = fault ? 0 : shards_for(wishes, shard_capacity);
  if (!fault) fault = excess(wishes);
  if (!fault) fault = shortage(shards);
  if (fault) {
    for (const SubscriptionId id : initial) forget_if_unused(id);
    return Failure{*std::move(fault)};
  }
  status_ = SupervisorStatus::kRunning;
  shard_capacity_ = shard_capacity;
  settings_.requests.subscriptions_max = shard_capacity;
  placement_.emplace(config_.manager().shard_selection_strategy, shard_capacity);
  place_initial(initial, shards, now);
  for (const bool is_copy : {false, true}) {  // What carries something for the first time first.
    for (auto& [id, slot] : shards_) {
      if (copies_.is_copy(id) != is_copy) continue;
      slot.shard->open(now);
      refresh(*slot.shard);
    }
  }
  return {};
}

void Supervisor::stop(TimePoint deadline, TimePoint now) {
  if (status_ == SupervisorStatus::kStopped) return;
  if (status_ != SupervisorStatus::kStopping) {
    status_ = SupervisorStatus::kStopping;
    moves_.clear();
    rebalancing_.clear();
    for (auto& [id, slot] : shards_) {
      slot.shard->close({.kind = DisconnectKind::kStopped}, now);
      refresh(*slot.shard);
    }
  }
  stop_deadline_ = stop_deadline_ ? std::min(*stop_deadline_, deadline) : deadline;
  finish_stop();
}

std::vector<SubscribeResult> Supervisor::subscribe(std::span<const SubscriptionId> ids,
                                                   TimePoint now) {
  std::vector<SubscribeResult> results;
  results.reserve(ids.size());
  for (const SubscriptionId id : ids) results.push_back(place(id, now));
  return results;
}

UnsubscribeResult Supervisor::unsubscribe(SubscriptionId id, TimePoint now) {
  if (!book_.is_desired(id)) return {UnsubscribeStatus::kNotSubscribed, {}};
  const ShardId carrier = book_.remove(id);
  const auto move = moves_.end(id);
  forget_redrives(id);
  ledger_.end(id);
  joins_.restart(id, now);
  feed_.forget(id);
  rates_.forget(id);
  if (move) rebalancing_.handle_cancelled(id);
  note_imbalance(now);
  out_.tell_removed(carrier, id);
  if (Shard* shard = find(carrier)) {
    placement_->remove_load(carrier);
    drop(id, *shard, now);
    close_if_empty(*shard, now);
    if (move) send_guest_away(id, *find(move->to), now);
  } else {  // Stopped, and the shard is gone.
    book_.release(id);
    forget_if_unused(id);
  }
  return {UnsubscribeStatus::kRemoved, carrier};
}

Result<void> Supervisor::reconnect_shard(ShardId id, TimePoint now) {
  if (auto error = refusal()) return Failure{*std::move(error)};
  Shard* shard = find(id);
  if (!shard) return unknown(id);
  auto begun = shard->reconnect(now);
  refresh(*shard);
  return begun;
}

Result<void> Supervisor::hot_switchover(ShardId id, TimePoint now) {
  if (auto error = refusal()) return Failure{*std::move(error)};
  Shard* shard = find(id);
  if (!shard) return unknown(id);
  auto begun = shard->switch_over(SwitchoverTrigger::kRequest, now);
  refresh(*shard);
  return begun;
}

Result<void> Supervisor::send(ShardId id, const OutgoingMessage& message) {
  if (auto error = refusal()) return Failure{*std::move(error)};
  Shard* shard = find(id);
  if (!shard) return unknown(id);
  touch(id);
  return shard->send(message);
}

Result<void> Supervisor::send(ConnectionId id, const OutgoingMessage& message) {
  Connection* target = connection(id);
  if (!target) return Failure{Error{Errc::kNotConnected, "that connection is over"}};
  touch(id.shard);
  return target->send(message);
}

/// Whatever waits for something to be read stands still while nothing is.
void Supervisor::pause_waiting(TimePoint now) {
  moves_.pause(now);
  joins_.pause(now);
  ledger_.pause(now);
}

void Supervisor::resume_waiting(TimePoint now) {
  moves_.resume(now);
  joins_.resume(now);
  ledger_.resume(now);
}

void Supervisor::pause_receiving(TimePoint now) {
  is_paused_ = true;
  pause_waiting(now);
  for (auto& [id, slot] : shards_) {
    slot.shard->pause(now);
    refresh(*slot.shard);
  }
}

void Supervisor::pause_receiving(ShardId id, TimePoint now) {
  Shard* shard = find(id);
  if (!shard) return;
  pause_waiting(now);
  shard->pause(now);
  refresh(*shard);
}

void Supervisor::resume_receiving(TimePoint now) {
  is_paused_ = false;
  resume_waiting(now);
  for (auto& [id, slot] : shards_) {
    slot.shard->resume(now);
    refresh(*slot.shard);
  }
}

void Supervisor::discard_closed() {
  for (auto slot = shards_.begin(); slot != shards_.end();) {
    Shard& shard = *slot->second.shard;
    shard.discard_closed();
    if (shard.status() != ShardStatus::kClosed) {
      ++slot;
      continue;
    }
    WSM_ASSERT(!slot->second.deadline);  // It would be told of the time when it is gone.
    past_traffic_ += shard.traffic();
    sources_.give_back(shard.source(), shard.group());
    copies_.remove(shard.id());
    std::erase_if(redrives_, [&](const auto& it) { return it.first.second == shard.id(); });
    slot = shards_.erase(slot);
  }
}

/// As many shards as are needed, and all of them before the first is filled, so that the strategy
/// can spread over them.
void Supervisor::place_initial(std::span<const SubscriptionId> initial, std::size_t shards,
                               TimePoint now) {
  for (std::size_t i = 0; i < shards; ++i) open_shard(now);
  for (const SubscriptionId id : initial) {
    if (book_.is_desired(id)) {
      ++out_.counters.duplicate_subscriptions;
    } else {
      assign(id, *find(*placement_->choose()), now);
    }
  }
}

SubscribeResult Supervisor::place(SubscriptionId id, TimePoint now) {
  if (const auto carrier = book_.shard_of(id)) {
    ++out_.counters.duplicate_subscriptions;
    return {SubscribeStatus::kAlreadySubscribed, carrier, {}};
  }
  std::optional<Error> fault = refusal();
  if (!fault) fault = excess(1);
  if (!fault) {
    const auto chosen = choose_shard();
    if (!chosen) fault = growth_refusal();
    if (!fault) {
      Shard& shard = chosen ? *find(*chosen) : open_shard(now);
      assign(id, shard, now);
      open_group(shard, now);
      return {SubscribeStatus::kPlaced, shard.id(), {}};
    }
  }
  forget_if_unused(id);
  return {SubscribeStatus::kRefused, {}, std::move(fault)};
}

void Supervisor::assign(SubscriptionId id, Shard& shard, TimePoint now) {
  book_.add(id, shard.id(), now);
  ledger_.begin(id);
  out_.tell_status(shard.id(), std::nullopt, SubscriptionStatus::kDesired, id);
  placement_->add_load(shard.id());
  carry(id, shard, now);
}

void Supervisor::forget_if_unused(SubscriptionId id) {
  if (book_.is_forgettable(id)) out_.actions.emplace_back(action::Forget{id});
}

Result<std::vector<SubscriptionId>> Supervisor::shard_subscriptions(ShardId id) const {
  const Shard* shard = find(id);
  if (!shard) return unknown(id);
  return shard->residents();
}

std::optional<SubscriptionState> Supervisor::subscription_state(SubscriptionId id,
                                                                TimePoint now) const {
  const auto carrier = book_.shard_of(id);
  if (!carrier) return std::nullopt;
  const TimePoint since = book_.desired_since(id);
  auto state = state_of(id, *carrier, since, now);
  if (const auto last_data = ledger_.last_data(id)) state.since_data = now - *last_data;
  return state;
}

/// Why a command that needs a running supervisor cannot be obeyed.
std::optional<Error> Supervisor::refusal() const {
  switch (status_) {
    case SupervisorStatus::kReady: return Error{Errc::kNotRunning, "start() was not called yet"};
    case SupervisorStatus::kRunning: return std::nullopt;
    case SupervisorStatus::kStopping:
    case SupervisorStatus::kStopped: return Error{Errc::kStopped, {}};
  }
  return std::nullopt;
}

/// Why no shard is opened for a wish that no other one can take.
std::optional<Error> Supervisor::growth_refusal() const {
  if (config_.manager().auto_rebalance || shards_.empty()) return shortage(1);
  return Error{Errc::kNoRoom, "auto_rebalance is off, and every shard is full or suspended"};
}

/// Why so many further shards cannot be opened: one without a connection to hope for would keep its
/// subscriptions from ever being live.
std::optional<Error> Supervisor::shortage(std::size_t shards) const {
  const std::size_t more = shards * redundancy_;
  const std::string needed =
      ", and " + std::to_string(shards_.size() + more) + " shards are needed";
  const auto& most = settings_.connects.connections_max;
  if (most && shards_.size() + more > *most) {
    return Error{Errc::kConnectionLimit, "max_connections is " + std::to_string(*most) + needed};
  }
  if (sources_.room() < more) {
    return Error{Errc::kConnectionLimit, "source_ips and shards_per_ip allow " +
                                             std::to_string(shards_.size() + sources_.room()) +
                                             needed};
  }
  return std::nullopt;
}

/// Why so many further subscriptions cannot be carried.
std::optional<Error> Supervisor::excess(std::size_t subscriptions) const {
  const std::size_t needed = (book_.desired_count() + subscriptions) * redundancy_;
  const auto& most = settings_.subscriptions_max;
  if (!most || needed <= *most) return std::nullopt;
  return Error{Errc::kSubscriptionLimit, "max_subscriptions is " + std::to_string(*most) +
                                             ", and " + std::to_string(needed) + " are needed"};
}

Shard* Supervisor::find(ShardId id) const {
  const auto slot = shards_.find(id);
  return slot == shards_.end() ? nullptr : slot->second.shard.get();
}

Failure<Error> Supervisor::unknown(ShardId shard) {
  return {Error{Errc::kUnknownShard, "there is no shard " + std::to_string(shard.value())}};
}

}  // namespace wsm
