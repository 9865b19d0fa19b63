#include "core/limits/frame_budget.h"

#include <algorithm>

#include "base/assert.h"

namespace wsm {
namespace {

std::size_t reserve_of(std::size_t count, Duration window) {
  if (window <= FrameBudget::kShortWindow) return 0;
  return std::max<std::size_t>(1, count / 10);
}

}  // namespace

FrameBudget::FrameBudget(const Options& options) {
  if (options.count) {
    WSM_ASSERT(*options.count >= 2);
    const std::size_t reserve = reserve_of(*options.count, options.window);
    common_.emplace(RollingWindow{{.count = *options.count - reserve, .length = options.window}});
    if (reserve > 0) reserved_.emplace(RollingWindow{{.count = reserve, .length = options.window}});
  }
  if (options.spacing) spacing_.emplace(RollingWindow{{.count = 1, .length = *options.spacing}});
}

TimePoint FrameBudget::earliest(FrameKind kind) const {
  TimePoint slot = TimePoint::min();
  if (common_) {
    slot = common_->earliest();
    if (kind == FrameKind::kControl && reserved_) slot = std::min(slot, reserved_->earliest());
  }
  return spacing_ ? std::max(slot, spacing_->earliest()) : slot;
}

void FrameBudget::take(FrameKind kind, TimePoint now) {
  WSM_ASSERT(allows(kind, now));
  if (spacing_) spacing_->take(now);
  if (!common_) return;
  const bool is_reserved = kind == FrameKind::kControl && reserved_ && reserved_->earliest() <= now;
  (is_reserved ? reserved_ : common_)->take(now);
}

void FrameBudget::handle_written(TimePoint now) {
  for (auto* slots : {&common_, &reserved_, &spacing_}) {
    if (*slots) (*slots)->handle_written(now);
  }
}

void FrameBudget::Slots::take(TimePoint now) {
  window.take(now);
  unwritten = std::min(unwritten + 1, window.count());
}

void FrameBudget::Slots::handle_written(TimePoint now) {
  window.postpone(unwritten, now);
  unwritten = 0;
}

}  // namespace wsm
