#include "core/limits/shared_slots.h"

#include <algorithm>

#include "base/assert.h"
#include "base/deadline_table.h"

namespace wsm {

SharerId SharedSlots::join(const std::optional<Limit>& limit) {
  WSM_ASSERT(!limit || limit->count > 0);
  limits_.reserve(sharers_.size() + 1);  // Others share this: nothing may be half done.
  const SharerId id{++joined_};
  sharers_.emplace(id, Sharer{.limit = limit});
  collect_limits();
  if (limit) longest_ = std::max(longest_, limit->length);
  return id;
}

void SharedSlots::leave(SharerId id, TimePoint now) {
  const auto sharer = sharers_.find(id);
  if (sharer == sharers_.end()) return;
  reserved_ -= sharer->second.reserved;
  sharers_.erase(sharer);
  collect_limits();
  std::erase_if(line_, [id](const Waiting& waiting) { return waiting.id == id; });
  wake(now);
}

bool SharedSlots::reserve(SharerId id, TimePoint now) {
  const auto sharer = sharers_.find(id);
  if (sharer == sharers_.end()) return false;
  end_lapsed(id, now);
  const std::size_t place = place_of(id);
  const auto slot = slot_behind(place);
  const bool is_free = slot && *slot <= now;
  if (is_free) {
    ++reserved_;
    ++sharer->second.reserved;
    std::erase_if(line_, [id](const Waiting& waiting) { return waiting.id == id; });
  } else {
    if (place == line_.size()) {
      woken_.reserve(place + 1);  // Who leaves wakes those in line, and must need no memory for it.
      line_.push_back({.id = id});
    }
    line_[place].due = due_at(place);
  }
  wake(now);
  return is_free;
}

void SharedSlots::withdraw(SharerId id, TimePoint now) {
  std::erase_if(line_, [id](const Waiting& waiting) { return waiting.id == id; });
  wake(now);
}

void SharedSlots::handle_connecting(SharerId id, TimePoint now) {
  history_.note(now);
  handle_unused(id, now);
}

void SharedSlots::handle_unused(SharerId id, TimePoint now) {
  const auto sharer = sharers_.find(id);
  if (sharer == sharers_.end()) return;
  WSM_ASSERT(sharer->second.reserved > 0);
  --sharer->second.reserved;
  --reserved_;
  wake(now);
}

std::optional<SharerId> SharedSlots::poll_woken() {
  if (woken_.empty()) return std::nullopt;
  const SharerId id = woken_.back();
  woken_.pop_back();
  return id;
}

std::optional<TimePoint> SharedSlots::next_slot(SharerId id) const {
  if (!sharers_.contains(id)) return std::nullopt;
  const std::size_t place = place_of(id);
  return place < line_.size() ? line_[place].due : due_at(place);
}

bool SharedSlots::is_forgettable(TimePoint now) const {
  const auto last = history_.last();
  return sharers_.empty() && (!last || *last + longest_ <= now);
}

/// Behind all where it is not in line.
std::size_t SharedSlots::place_of(SharerId id) const {
  const auto at = std::ranges::find(line_, id, &Waiting::id);
  return static_cast<std::size_t>(at - line_.begin());
}

/// When there is a slot for one who leaves `ahead` others theirs. None while too many are reserved.
std::optional<TimePoint> SharedSlots::slot_behind(std::size_t ahead) const {
  const std::size_t spare = reserved_ + ahead;
  TimePoint when{};
  for (const Limit& limit : limits_) {
    if (spare >= limit.count) return std::nullopt;
    when = std::max(when, history_.earliest(limit, spare));
  }
  return when;
}

/// When it may have a slot, or that of somebody ahead who does not come.
std::optional<TimePoint> SharedSlots::due_at(std::size_t place) const {
  auto due = slot_behind(place);
  for (std::size_t ahead = 0; ahead < place; ++ahead) {
    if (line_[ahead].due) due = earliest(due, *line_[ahead].due + kPatience);
  }
  return due;
}

/// Those who have not come for their slot have lost their place.
void SharedSlots::end_lapsed(SharerId but, TimePoint now) {
  std::erase_if(line_, [=](const Waiting& waiting) {
    return waiting.id != but && waiting.due && *waiting.due + kPatience <= now;
  });
}

/// Something has changed: who may come earlier now than it was told?
void SharedSlots::wake(TimePoint now) {
  std::optional<TimePoint> lapse;  // Of the first one ahead.
  for (std::size_t place = 0; place < line_.size(); ++place) {
    Waiting& waiting = line_[place];
    if (auto due = earliest(slot_behind(place), lapse)) {
      due = std::max(*due, now);
      if (!waiting.due || *due < *waiting.due) {
        waiting.due = due;
        woken_.push_back(waiting.id);
      }
    }
    if (waiting.due) lapse = earliest(lapse, *waiting.due + kPatience);
  }
}

void SharedSlots::collect_limits() {
  limits_.clear();
  for (const auto& [id, sharer] : sharers_) {
    if (sharer.limit && std::ranges::find(limits_, *sharer.limit) == limits_.end()) {
      limits_.push_back(*sharer.limit);
    }
  }
}

}  // namespace wsm
