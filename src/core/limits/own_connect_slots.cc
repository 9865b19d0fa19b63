#include "core/limits/own_connect_slots.h"

#include "base/assert.h"

namespace wsm {

OwnConnectSlots::OwnConnectSlots(const std::optional<RollingWindow::Options>& limit) {
  if (limit) window_.emplace(*limit);
}

bool OwnConnectSlots::reserve(TimePoint now) {
  const auto slot = next_slot();
  if (!slot || *slot > now) return false;
  ++reserved_;
  return true;
}

void OwnConnectSlots::connect(TimePoint now) {
  WSM_ASSERT(reserved_ > 0);
  --reserved_;
  if (window_) window_->take(now);
}

void OwnConnectSlots::give_back() {
  WSM_ASSERT(reserved_ > 0);
  --reserved_;
}

std::optional<TimePoint> OwnConnectSlots::next_slot() const {
  constexpr TimePoint kAtOnce{};
  if (!window_) return kAtOnce;
  if (reserved_ >= window_->count()) return std::nullopt;
  return window_->earliest(kAtOnce, reserved_);
}

}  // namespace wsm
