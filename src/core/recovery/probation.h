#pragma once

#include <cstdint>

#include "base/time.h"

namespace wsm {

/// Whether one of several ways to the servers may be gone: a proxy, an address of ours.
///
/// One that has failed is left out for a time; then one connection tries it, and the others follow
/// if that gets through.
class Probation {
 public:
  // Commands.
  /// A connection goes that way, which is a try unless it works.
  void begin() { is_being_tried_ = !is_working(); }

  // Inputs.
  void handle_worked();
  /// Of a connection that went that way at `since`. Returns false when that says nothing new: it
  /// was on its way when the first of them failed. Else leave_out() is to follow.
  [[nodiscard]] bool handle_failed(TimePoint since, TimePoint now);
  /// Nothing was found out.
  void handle_given_up(TimePoint since);
  void leave_out(TimePoint until) { left_out_until_ = until; }

  // Getters.
  [[nodiscard]] bool is_working() const { return failures_ == 0; }
  /// Works, or may be tried.
  [[nodiscard]] bool is_open(TimePoint now) const {
    return is_working() || (left_out_until_ <= now && !is_being_tried_);
  }
  /// When it may be tried; in the past while it works.
  [[nodiscard]] TimePoint due() const { return is_working() ? TimePoint{} : left_out_until_; }
  /// In a row, those at the same time being one.
  [[nodiscard]] std::uint32_t failures() const { return failures_; }

 private:
  std::uint32_t failures_ = 0;
  TimePoint failed_at_{};
  TimePoint left_out_until_{};
  bool is_being_tried_ = false;
};

}  // namespace wsm
