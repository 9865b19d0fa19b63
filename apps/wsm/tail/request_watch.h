#pragma once

#include <cstddef>
#include <map>

#include <wsm/event.h>
#include <wsm/types.h>

namespace wsm::tail {

/// Finds out that not a single topic can be asked for, so that waiting for messages is in vain.
class RequestWatch {
 public:
  /// `topics` is how many there are; 0 when the URL is the subscription.
  explicit RequestWatch(std::size_t topics) : topics_(topics) {}

  /// Whether `event` says that the last topic failed, and none was ever requested.
  [[nodiscard]] bool is_last_failure(const EventKind& event);

 private:
  std::size_t topics_;
  std::map<ShardId, std::size_t> failed_;  // On the newest connection of each shard.
  bool has_requested_ = false;
};

}  // namespace wsm::tail
