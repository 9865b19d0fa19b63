#include "sim/network.h"

#include <utility>

namespace wsm::sim {

void Network::look_up(const std::string& host, Found found) {
  TimePoint& found_at = found_at_[host];
  if (found_at <= world_.now()) found_at = world_.now() + dice_.between({}, look_up_max_);
  world_.at(found_at, std::move(found));
}

void Network::dial(const std::string& host, Accept accept, Dialed dialed, Refused refused) {
  const Duration there = quality_.latency + dice_.between({}, quality_.jitter);
  const Duration back = quality_.latency + dice_.between({}, quality_.jitter);
  const auto at_host = on_dial_at_.find(host);
  const bool is_hurt = at_host != on_dial_at_.end() && at_host->second != OnDial::kAccept;
  switch (is_hurt ? at_host->second : on_dial_) {
    case OnDial::kIgnore: return;
    case OnDial::kRefuse: return world_.after(there + back, std::move(refused));
    case OnDial::kAccept: break;
  }
  const Wire wire{std::make_shared<Pipe>(world_, dice_, quality_),
                  std::make_shared<Pipe>(world_, dice_, quality_)};
  world_.after(there, [wire, accept = std::move(accept)] { accept(wire); });
  world_.after(there + back, [wire, dialed = std::move(dialed)] { dialed(wire); });
}

}  // namespace wsm::sim
