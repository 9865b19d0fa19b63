#pragma once

#include <cstddef>
#include <optional>

#include "core/limits/connect_slots.h"
#include "core/limits/rolling_window.h"

namespace wsm {

/// Slots of which nobody else takes.
class OwnConnectSlots final : public ConnectSlots {
 public:
  /// None: there is no end of them.
  explicit OwnConnectSlots(const std::optional<RollingWindow::Options>& limit);

  [[nodiscard]] bool reserve(TimePoint now) override;
  void withdraw() override {}
  void connect(TimePoint now) override;
  void give_back() override;
  [[nodiscard]] std::optional<TimePoint> next_slot() const override;

 private:
  std::optional<RollingWindow> window_;
  std::size_t reserved_ = 0;
};

}  // namespace wsm
