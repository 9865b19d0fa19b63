#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <wsm/connection_state.h>
#include <wsm/error.h>
#include <wsm/event.h>

#include "manager/patience.h"

namespace wsm::testing {

/// One connection's side of a call to a hook.
struct Received {
  ShardId shard;
  Generation generation;
  std::string text;
};
struct Ended {
  ShardId shard;
  Generation generation;
  DisconnectReason reason;
};

/// What a handler was told, in order.
struct Notes {
  std::vector<Received> messages;
  std::size_t data = 0;  ///< How many of them are data.
  std::vector<EventKind> events;
  std::vector<Ended> disconnects;
  std::vector<Ended> errors;
  std::vector<std::string> hooks;  ///< Every call but those of on_message and is_data_message.
  std::map<std::string, std::uint64_t, std::less<>> calls;  ///< By hook.

  [[nodiscard]] std::uint64_t calls_of(std::string_view hook) const {
    const auto entry = calls.find(hook);
    return entry == calls.end() ? 0 : entry->second;
  }

  template <class E>
  [[nodiscard]] std::vector<E> events_of() const {
    std::vector<E> found;
    for (const EventKind& event : events) {
      if (const auto* wanted = std::get_if<E>(&event)) found.push_back(*wanted);
    }
    return found;
  }
  template <class E>
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        events, [](const EventKind& event) { return std::holds_alternative<E>(event); }));
  }
};

/// Notes that hooks write and a test reads. Threads: any.
class Journal {
 public:
  template <class Write>
  void write(Write write) {
    {
      const std::lock_guard lock{mutex_};
      write(notes_);
    }
    changed_.notify_all();
  }

  /// Whether `condition` on the notes comes true within kPatience.
  template <class Condition>
  [[nodiscard]] bool wait_for(Condition condition) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, kPatience, [&] { return condition(notes_); });
  }

  [[nodiscard]] Notes read() const {
    const std::lock_guard lock{mutex_};
    return notes_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Notes notes_;
};

}  // namespace wsm::testing
