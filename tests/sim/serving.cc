#include "sim/serving.h"

#include <utility>

namespace wsm::sim {

void Serving::handle_event(const EventKind& event, TimePoint now) {
  if (const auto* opened = std::get_if<event::ShardOpened>(&event)) {
    shards_[opened->shard] = {.copy_of = opened->copy_of};
  } else if (const auto* closed = std::get_if<event::ShardClosed>(&event)) {
    shards_.erase(closed->shard);
  } else if (const auto* begun = std::get_if<event::SwitchoverStarted>(&event)) {
    shards_[begun->shard].switching_since = now;
    shards_[begun->shard].standby.reset();
  } else if (const auto* connected = std::get_if<event::Connected>(&event)) {
    Shard& shard = shards_[connected->shard];
    (shard.switching_since ? shard.standby : shard.serving) = connected->generation;
    if (!shard.switching_since) shard.serving_since = now;
  } else if (const auto* finished = std::get_if<event::SwitchoverFinished>(&event)) {
    Shard& shard = shards_[finished->shard];
    shard.switching_since.reset();
    const auto standby = std::exchange(shard.standby, std::nullopt);
    if (!has_taken_over(finished->outcome)) return;
    shard.serving = standby;
    shard.serving_since = now;
  }
}

const Serving::Shard* Serving::find(ShardId id) const {
  const auto shard = shards_.find(id);
  return shard == shards_.end() ? nullptr : &shard->second;
}

ShardId Serving::original_of(ShardId id) const {
  const Shard* shard = find(id);
  return shard && shard->copy_of ? *shard->copy_of : id;
}

std::optional<ConnectionId> Serving::connection_of(ShardId id) const {
  const Shard* shard = find(id);
  if (!shard || !shard->serving) return std::nullopt;
  return ConnectionId{id, *shard->serving};
}

}  // namespace wsm::sim
