#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include <wsm/types.h>

#include "base/time.h"
#include "core/limits/connect_history.h"
#include "core/limits/rolling_window.h"

namespace wsm {

using SharerId = StrongType<struct SharerIdTag, std::uint64_t>;

/// Slots for connects that several sharers take of, each with a limit of its own or none.
///
/// The limits of all who share hold for all of them: were each held to its own only, one that
/// allows less would find its slots used up by the others, and see its limit exceeded all the same.
/// What has connected is remembered, whoever it was, and also when nobody shares any more.
///
/// Who is refused stands in line. A slot goes to somebody in line only if those ahead find one as
/// well, so each waits for no more than one slot of each who came before. No slot waits longer than
/// kPatience for somebody who does not come for it, such as a thread that is stuck: it has lost its
/// place.
///
/// Sans-IO: after each call, wake whom poll_woken() names, who may come earlier than it was told.
/// Who has left, or was never here, is refused; its connects count all the same.
class SharedSlots {
 public:
  using Limit = RollingWindow::Options;

  static constexpr Duration kPatience = std::chrono::seconds{1};

  // Commands.
  SharerId join(const std::optional<Limit>& limit);
  /// What it has reserved and not used is given back.
  void leave(SharerId id, TimePoint now);
  [[nodiscard]] bool reserve(SharerId id, TimePoint now);
  void withdraw(SharerId id, TimePoint now);

  // Inputs, about slots that were reserved.
  void handle_connecting(SharerId id, TimePoint now);
  void handle_unused(SharerId id, TimePoint now);

  // Outputs.
  [[nodiscard]] std::optional<SharerId> poll_woken();
  /// When `id` should come; if it is not in line, when it need not stand in it.
  [[nodiscard]] std::optional<TimePoint> next_slot(SharerId id) const;

  // Getters.
  [[nodiscard]] std::size_t sharers() const { return sharers_.size(); }
  [[nodiscard]] bool is_in_line(SharerId id) const { return place_of(id) < line_.size(); }
  /// Whether those who share have different limits.
  [[nodiscard]] bool is_mixed() const { return limits_.size() > 1; }
  /// Nobody shares, and no window can hold any of the connects any more.
  [[nodiscard]] bool is_forgettable(TimePoint now) const;

 private:
  /// Also windows of which nobody has told yet have that much to look back on.
  static constexpr Duration kRemembered = std::chrono::hours{24};

  struct Sharer {
    std::optional<Limit> limit;
    std::size_t reserved = 0;
  };
  struct Waiting {
    SharerId id;
    std::optional<TimePoint> due = {};  // When it was told to come.
  };

  [[nodiscard]] std::size_t place_of(SharerId id) const;
  [[nodiscard]] std::optional<TimePoint> slot_behind(std::size_t ahead) const;
  [[nodiscard]] std::optional<TimePoint> due_at(std::size_t place) const;
  void end_lapsed(SharerId but, TimePoint now);
  void wake(TimePoint now);
  void collect_limits();

  std::map<SharerId, Sharer> sharers_;
  std::vector<Limit> limits_;  // Of all of them, each once.
  std::deque<Waiting> line_;
  std::vector<SharerId> woken_;
  ConnectHistory history_;
  std::size_t reserved_ = 0;  // By all of them.
  Duration longest_ = kRemembered;
  SharerId::rep joined_ = 0;
};

}  // namespace wsm
