#include "core/subscription/subscription_tracker.h"

#include <algorithm>
#include <utility>

#include "base/deadline_table.h"

namespace wsm {

void SubscriptionTracker::pause(TimePoint now) {
  if (!paused_at_) paused_at_ = now;
}

void SubscriptionTracker::resume(TimePoint now) {
  if (const auto at = std::exchange(paused_at_, std::nullopt)) paused_for_ += now - *at;
}

void SubscriptionTracker::handle_requested(std::span<const SubscriptionId> ids,
                                           std::optional<std::uint64_t> request, TimePoint now) {
  const TimePoint at = reading_time(now);
  std::uint32_t unanswered = 0;
  for (const SubscriptionId id : ids) {
    const auto [entry, is_new] = items_.try_emplace(id);
    Item& item = entry->second;
    const bool is_in_vain = item.request && item.status == SubscriptionStatus::kRequested;
    if (is_in_vain) item.unanswered = std::min(item.unanswered + 1, kDoublingsMax);
    unanswered = std::max(unanswered, item.unanswered);
    await_nothing(item);
    item.request = request;
    // To be asked again is no sign of life: the silence began with the first request.
    if (!is_new) continue;
    item.last_sign = at;
    ++count_of(counts_, item.status);
    enter(id, item, SubscriptionStatus::kRequested, at);
    if (const auto patience = timeout(id, item)) plan_scan(at + *patience);
  }
  if (!request) return;
  asked_[*request] = {{ids.begin(), ids.end()}, ids.size()};
  if (!options_.acknowledgement_timeout) return;
  awaited_.insert({at + *options_.acknowledgement_timeout * (1 << unanswered), *request});
}

void SubscriptionTracker::handle_ended(SubscriptionId id) {
  auto item = items_.extract(id);
  if (item.empty()) return;
  await_nothing(item.mapped());
  --count_of(counts_, item.mapped().status);
  changes_.push_back({id, SubscriptionStatus::kDesired});
}

void SubscriptionTracker::handle_data(SubscriptionId id, TimePoint now) {
  feed_.is_attributed = true;
  const auto entry = items_.find(id);
  if (entry == items_.end()) return;  // Ended, and the server has not heard it yet.
  Item& item = entry->second;
  const TimePoint at = reading_time(now);
  if (options_.silence.intervals) learn(id, item, at);
  item.last_data = item.last_sign = at;
  if (item.status != SubscriptionStatus::kLive) enter(id, item, SubscriptionStatus::kLive, at);
}

std::vector<SubscriptionId> SubscriptionTracker::handle_answer(const Inspected& answer,
                                                               TimePoint now) {
  const std::vector<SubscriptionId> asked = take_asked(answer);
  std::vector<SubscriptionId> refused = answer.rejected;
  if (answer.role == MessageRole::kRejection && refused.empty()) refused = asked;
  for (const SubscriptionId id : asked) {
    if (std::ranges::find(refused, id) == refused.end()) acknowledge(id, reading_time(now));
  }
  std::erase_if(refused, [&](SubscriptionId id) {
    return !is_answered(id, answer.request) || !items_.contains(id);
  });
  for (const SubscriptionId id : refused) handle_ended(id);
  return refused;
}

std::vector<SubscriptionId> SubscriptionTracker::take_overdue(TimePoint now) {
  std::vector<SubscriptionId> overdue;
  const TimePoint at = reading_time(now);
  while (!paused_at_ && !awaited_.empty() && awaited_.begin()->due <= at) {
    const std::uint64_t request = awaited_.extract(awaited_.begin()).value().request;
    const auto asked = asked_.extract(request);
    if (!asked) continue;
    for (const SubscriptionId id : asked.mapped().ids) {
      // Data is as good as an answer.
      if (!is_answered(id, request)) continue;
      if (items_.at(id).status == SubscriptionStatus::kRequested) overdue.push_back(id);
    }
  }
  return overdue;
}

std::vector<SubscriptionTracker::Silent> SubscriptionTracker::take_silent(TimePoint now) {
  const TimePoint at = reading_time(now);
  if (paused_at_ || !next_scan_ || at < *next_scan_) return {};
  next_scan_.reset();
  std::vector<Silent> silent;
  for (auto& [id, item] : items_) {
    const auto patience = timeout(id, item);
    if (!patience) continue;
    TimePoint due = item.last_sign + *patience;
    if (due <= at) {
      item.last_sign = at;
      due = at + *patience;
      if (feed_.is_attributed) silent.push_back({id, *patience});
    }
    plan_scan(std::max(due, at + kScanInterval));
  }
  std::ranges::sort(silent, {}, &Silent::id);
  for (const Silent& found : silent) handle_silent(found.id, at);
  return silent;
}

std::optional<TimePoint> SubscriptionTracker::next_deadline() const {
  if (paused_at_) return std::nullopt;
  std::optional<TimePoint> next = next_scan_;
  if (!awaited_.empty()) next = earliest(next, awaited_.begin()->due);
  if (next) *next += paused_for_;
  return next;
}

std::optional<SubscriptionTracker::State> SubscriptionTracker::state(SubscriptionId id,
                                                                     TimePoint now) const {
  const auto entry = items_.find(id);
  if (entry == items_.end()) return std::nullopt;
  const Item& item = entry->second;
  return State{item.status, reading_time(now) - item.since};
}

void SubscriptionTracker::enter(SubscriptionId id, Item& item, SubscriptionStatus status,
                                TimePoint at) {
  changes_.push_back({id, status});
  --count_of(counts_, item.status);
  ++count_of(counts_, status);
  item.status = status;
  item.since = at;
  item.unanswered = 0;
}

void SubscriptionTracker::handle_silent(SubscriptionId id, TimePoint at) {
  Item& item = items_.at(id);
  if (item.status == SubscriptionStatus::kStale) return;
  if (options_.silence.intervals) learn(id, item, at);
  enter(id, item, SubscriptionStatus::kStale, at);
}

void SubscriptionTracker::acknowledge(SubscriptionId id, TimePoint at) {
  const auto entry = items_.find(id);
  if (entry == items_.end()) return;
  await_nothing(entry->second);
  entry->second.last_sign = at;
  if (entry->second.status == SubscriptionStatus::kRequested) {
    enter(id, entry->second, SubscriptionStatus::kLive, at);
  }
}

/// Its last request has been answered, or is overtaken by another one, or by its end. A server that
/// answers one at a time, or never, must not leave requests behind that nobody waits for.
void SubscriptionTracker::await_nothing(Item& item) {
  const auto request = std::exchange(item.request, std::nullopt);
  const auto asked = request ? asked_.find(*request) : asked_.end();
  if (asked != asked_.end() && --asked->second.open == 0) asked_.erase(asked);
}

/// A message of `id` has come, or has not come in time; `item` is what was known before. What was
/// stale has taught its silence already. A scan may have been planned with a longer time-out than
/// what is known now.
void SubscriptionTracker::learn(SubscriptionId id, const Item& item, TimePoint at) {
  LearnedInterval& interval = feed_.intervals.of(id);
  if (item.last_data && item.status == SubscriptionStatus::kLive) {
    interval.add(at - *item.last_data, options_.silence);
  }
  if (const auto patience = interval.timeout(options_.silence)) plan_scan(at + *patience);
}

std::optional<Duration> SubscriptionTracker::timeout(SubscriptionId id, const Item& item) const {
  const SilenceLimits& limits = options_.silence;
  if (!limits.intervals) return limits.longest;
  const auto learned = feed_.intervals.of(id).timeout(limits);
  if (item.last_data) return learned;
  if (limits.longest) return limits.longest;
  return learned ? std::max(*learned, kFirstDataTimeout) : kUnheardTimeout;
}

void SubscriptionTracker::plan_scan(TimePoint at) { next_scan_ = earliest(next_scan_, at); }

/// What `answer` is an answer to; it is not awaited any more.
std::vector<SubscriptionId> SubscriptionTracker::take_asked(const Inspected& answer) {
  if (answer.subscription) {  // The rest of its request stays awaited.
    if (!is_answered(*answer.subscription, answer.request)) return {};
    return {*answer.subscription};
  }
  auto asked = answer.request ? asked_.extract(*answer.request) : decltype(asked_)::node_type{};
  if (!asked) return {};
  std::vector<SubscriptionId>& ids = asked.mapped().ids;
  std::erase_if(ids, [&](auto id) { return !is_answered(id, answer.request); });
  return std::move(ids);
}

bool SubscriptionTracker::is_awaiting_answers() const {
  return std::ranges::any_of(asked_, [this](const auto& request) {
    return std::ranges::any_of(request.second.ids,
                               [this](SubscriptionId id) { return is_answer_awaited(id); });
  });
}

/// Without a time-out nobody waits: such a server may never answer.
bool SubscriptionTracker::is_answer_awaited(SubscriptionId id) const {
  if (!options_.acknowledgement_timeout) return false;
  const auto entry = items_.find(id);
  if (entry == items_.end() || entry->second.status != SubscriptionStatus::kRequested) return false;
  return entry->second.request && asked_.contains(*entry->second.request);
}

/// Whether an answer to `request` is about `id` as it is asked for now: it may have been ended, or
/// asked for again, since then.
bool SubscriptionTracker::is_answered(SubscriptionId id,
                                      std::optional<std::uint64_t> request) const {
  const auto entry = items_.find(id);
  return entry != items_.end() && (!request || entry->second.request == request);
}

}  // namespace wsm
