#pragma once

#include <wsm/detail/subscription_id.h>

#include "core/subscription/learned_interval.h"

namespace wsm {

/// What is known of the feed, from all connections together. It outlives each of them: a new one
/// that brings nothing would otherwise be judged as if nothing had ever come.
struct FeedKnowledge {
  LearnedIntervals intervals;
  /// Some data has named its subscription: the handler can tell data apart, so that silence and a
  /// proof mean something.
  bool is_attributed = false;

  /// The subscription is not desired any more. That data can be told apart stays true.
  void forget(SubscriptionId id) { intervals.forget(id); }
};

}  // namespace wsm
