#include "manager/shared_connects.h"

#include <utility>

#include "io/steady_clock.h"

namespace wsm {

std::shared_ptr<SharedConnects> SharedConnects::of(const std::string& venue,
                                                   const std::string& source) {
  struct Registry {
    std::mutex mutex;  // Guards what follows.
    std::map<std::pair<std::string, std::string>, std::shared_ptr<SharedConnects>> known;
  };
  // Never destroyed: managers may live as long as the process.
  static auto& registry = *new Registry;
  const std::lock_guard lock{registry.mutex};
  const TimePoint now = io::now();
  std::erase_if(registry.known, [now](const auto& entry) {
    return entry.second.use_count() == 1 && entry.second->is_forgettable(now);
  });
  auto& found = registry.known[{venue, source}];
  if (!found) found = std::make_shared<SharedConnects>();
  return found;
}

template <class Change>
auto SharedConnects::apply(Change change) {
  const std::lock_guard lock{mutex_};
  auto result = change(slots_);
  while (const auto id = slots_.poll_woken()) {
    if (const auto share = shares_.find(*id); share != shares_.end()) share->second->wake();
  }
  return result;
}

bool SharedConnects::is_forgettable(TimePoint now) {
  const std::lock_guard lock{mutex_};
  return slots_.is_forgettable(now);
}

ConnectShare::ConnectShare(std::shared_ptr<SharedConnects> connects,
                           const std::optional<SharedSlots::Limit>& limit, Wake wake)
    : connects_(std::move(connects)), limit_(limit), wake_(std::move(wake)) {}

bool ConnectShare::join() {
  return connects_->apply([this](SharedSlots& slots) {
    if (!connects_->shares_.contains(id_)) {
      id_ = slots.join(limit_);
      connects_->shares_.emplace(id_, this);
    }
    return slots.is_mixed();
  });
}

void ConnectShare::leave() {
  connects_->apply([this](SharedSlots& slots) {
    slots.leave(id_, io::now());
    return connects_->shares_.erase(id_);
  });
}

bool ConnectShare::reserve(TimePoint now) {
  if (is_in_line_ && !is_woken_ && (!next_ || *next_ > now)) return false;
  return connects_->apply([&](SharedSlots& slots) {
    const bool is_reserved = slots.reserve(id_, now);
    look(slots);
    return is_reserved;
  });
}

void ConnectShare::withdraw() {
  if (!std::exchange(is_in_line_, false)) return;
  connects_->apply([this](SharedSlots& slots) {
    slots.withdraw(id_, io::now());
    return true;
  });
}

void ConnectShare::connect(TimePoint now) {
  connects_->apply([&](SharedSlots& slots) {
    slots.handle_connecting(id_, now);
    return true;
  });
}

void ConnectShare::give_back() {
  connects_->apply([this](SharedSlots& slots) {
    slots.handle_unused(id_, io::now());
    return true;
  });
}

std::optional<TimePoint> ConnectShare::next_slot() const {
  if (is_in_line_ && !is_woken_) return next_;
  return connects_->apply([this](SharedSlots& slots) {
    look(slots);
    return next_;
  });
}

void ConnectShare::look(const SharedSlots& slots) const {
  is_woken_ = false;
  is_in_line_ = slots.is_in_line(id_);
  next_ = slots.next_slot(id_);
}

void ConnectShare::wake() {
  is_woken_ = true;
  wake_();
}

}  // namespace wsm
