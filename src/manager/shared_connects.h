#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/limits/connect_slots.h"
#include "core/limits/shared_slots.h"

namespace wsm {

class ConnectShare;

/// The slots of one of our own addresses at one venue, which managers share.
///
/// Threads: any. Who is to be woken is woken under the lock, so that it is still there.
class SharedConnects {
 public:
  /// Those of the whole process. `source`: the bytes of the address; empty where the system chooses
  /// it. What has connected is remembered though nobody may hold them any more.
  [[nodiscard]] static std::shared_ptr<SharedConnects> of(const std::string& venue,
                                                          const std::string& source);

 private:
  friend class ConnectShare;

  /// Runs `change` of the slots, and wakes whom it concerns.
  template <class Change>
  auto apply(Change change);
  [[nodiscard]] bool is_forgettable(TimePoint now);

  std::mutex mutex_;  // Guards what follows.
  SharedSlots slots_;
  std::map<SharerId, ConnectShare*> shares_;
};

/// What one manager has to do with them.
///
/// Lifetime: `wake` is not called any more when leave() has returned.
class ConnectShare final : public ConnectSlots {
 public:
  /// Whoever is woken calls reserve(), from its own thread. Must not block, nor call this.
  using Wake = std::function<void()>;

  ConnectShare(std::shared_ptr<SharedConnects> connects,
               const std::optional<SharedSlots::Limit>& limit, Wake wake);
  ~ConnectShare() override { leave(); }
  ConnectShare(const ConnectShare&) = delete;
  ConnectShare& operator=(const ConnectShare&) = delete;

  // Threads: any.
  /// Until then nothing is given, and the limit holds for nobody. Returns whether others who share
  /// have other limits.
  bool join();
  /// Gives back what has not been used. A thread that is stuck may still use the rest of this,
  /// which gives nothing any more.
  void leave();

  // ConnectSlots: one thread.
  [[nodiscard]] bool reserve(TimePoint now) override;
  void withdraw() override;
  void connect(TimePoint now) override;
  void give_back() override;
  [[nodiscard]] std::optional<TimePoint> next_slot() const override;

 private:
  friend class SharedConnects;
  void look(const SharedSlots& slots) const;
  void wake();

  const std::shared_ptr<SharedConnects> connects_;
  const std::optional<SharedSlots::Limit> limit_;
  const Wake wake_;
  SharerId id_{};  // Of the last time that it joined. Guarded by the mutex of connects_.

  // What next_slot() said last. It is asked in each turn, and does not change while this is in
  // line and is not woken.
  mutable std::optional<TimePoint> next_;
  mutable bool is_in_line_ = false;
  mutable std::atomic<bool> is_woken_{false};
};

}  // namespace wsm
