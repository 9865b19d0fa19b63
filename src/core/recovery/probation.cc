#include "core/recovery/probation.h"

namespace wsm {

void Probation::handle_worked() {
  failures_ = 0;
  is_being_tried_ = false;
}

bool Probation::handle_failed(TimePoint since, TimePoint now) {
  if (!is_working() && since < failed_at_) return false;
  ++failures_;
  is_being_tried_ = false;
  failed_at_ = now;
  return true;
}

/// One that was begun before the failure was no try.
void Probation::handle_given_up(TimePoint since) {
  if (since >= failed_at_) is_being_tried_ = false;
}

}  // namespace wsm
