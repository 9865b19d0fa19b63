#include "sim/oracle_drain.h"

#include <algorithm>

namespace wsm::sim {

void DrainOracle::handle_event(const EventKind& event) {
  if (const auto* noticed = std::get_if<event::DrainNoticed>(&event)) {
    handle(*noticed);
  } else if (const auto* begun = std::get_if<event::Connecting>(&event)) {
    handle(*begun);
  } else if (const auto* changed = std::get_if<event::CircuitBreakerChanged>(&event)) {
    circuits_[changed->endpoint] = changed->status;
  } else if (const auto* closed = std::get_if<event::ShardClosed>(&event)) {
    next_.erase(closed->shard);
  }
}

void DrainOracle::handle(const event::DrainNoticed& noticed) {
  const ConnectionId id{noticed.shard, noticed.generation};
  auto& untold = untold_[id];
  if (untold.empty()) return fail(id, "a drain notice is told that there was not");
  const std::string url = std::move(untold.front());
  untold.pop_front();
  if (url.empty()) return;
  const bool is_followed = may_follow(id, url);
  if (noticed.refusal.empty() != is_followed) {
    return fail(id, is_followed ? "does not go to " + url : "goes to " + url);
  }
  if (is_followed) next_[id.shard] = url;
}

void DrainOracle::handle(const event::Connecting& begun) {
  Order& order = orders_[{begun.shard, begun.generation}];
  order.url = std::exchange(next_[begun.shard], {});
  const auto url = parse_url(order.url);
  if (!url) return;
  const auto circuit = circuits_.find(url->endpoint());
  order.is_shut = circuit != circuits_.end() && circuit->second != CircuitStatus::kClosed;
}

void DrainOracle::handle_dial(ConnectionId id, SourceIndex, const Url& url) {
  dialed_.insert_or_assign(id, url);
  const Order& order = orders_[id];
  if (!order.url.empty() && url.text() == order.url) {
    ++followed_;
    return;
  }
  const std::string what = url.text() + " is dialed, ";
  if (!order.url.empty() && !order.is_shut) {
    return fail(id, what + "though the venue has sent it to " + order.url);
  }
  if (std::ranges::find(urls_, url.text()) != urls_.end()) return;
  fail(id, what + "which nobody has named");
}

void DrainOracle::handle_hung_up(ConnectionId id, bool) {
  orders_.erase(id);
  dialed_.erase(id);
  untold_.erase(id);
}

bool DrainOracle::may_follow(ConnectionId id, const std::string& url) const {
  const auto target = parse_url(url);
  const auto from = dialed_.find(id);
  return target && from != dialed_.end() && (target->is_tls || !from->second.is_tls);
}

void DrainOracle::check() {
  for (const auto& [id, urls] : untold_) {
    if (!urls.empty()) return fail(id, "a drain notice was not told");
  }
}

void DrainOracle::fail(ConnectionId id, const std::string& what) {
  verdict_.fail("drain", name_of(id) + ": " + what);
}

}  // namespace wsm::sim
