#pragma once

#include <map>
#include <set>

#include "sim/feed.h"

namespace wsm::sim {

/// Where the numbers of topics have begun anew. What was lost or repeated over such a place the
/// numbers cannot say: a new one may happen to be the one that would have followed, or that was.
class Beginnings {
 public:
  /// The message of `topic` whose sequence is `first` is number one.
  void add(Topic topic, Sequence first) { begun_at_[topic].insert(first); }

  /// Whether there is one behind the message `before`, up to `message`.
  [[nodiscard]] bool any(Topic topic, Sequence before, Sequence message) const {
    const auto entry = begun_at_.find(topic);
    if (entry == begun_at_.end()) return false;
    const auto begun = entry->second.upper_bound(before);
    return begun != entry->second.end() && *begun <= message;
  }

 private:
  std::map<Topic, std::set<Sequence>> begun_at_;
};

}  // namespace wsm::sim
