#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include <wsm/config.h>

#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// No interval of any offset holds more frames of a connection, or more connects from one of our
/// addresses, than is allowed, no request is larger, and there are never more connections, nor more
/// subscriptions on all of them. Looked at where frames are written and TCP begins, for what the
/// network makes of their distances is not the client's to say.
class LimitOracle final : public Observer {
 public:
  explicit LimitOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_limits(const LimitOptions& limits) { limits_ = limits; }

  void handle_dial(ConnectionId id, SourceIndex source, const Url& url) override;
  void handle_connecting(ConnectionId id, SourceIndex source) override;
  void handle_frame(ConnectionId id) override;
  void handle_asked(ConnectionId id, const Request& request, std::size_t bytes) override;
  void handle_hung_up(ConnectionId id, bool has_read_all) override;
  /// It does not count it.
  void handle_refused(ConnectionId id, Topic topic) override {
    subscribed_ -= asked_[id].erase(topic);
  }

  /// The most connections there have been at a time.
  [[nodiscard]] std::size_t connections_max() const { return connections_max_; }

 private:
  using Times = std::deque<TimePoint>;

  struct Ended {
    TimePoint at;
    std::size_t count;
  };

  void check_size(ConnectionId id, const Request& request, std::size_t bytes);
  void note_ended(std::size_t count);
  void note(Times& times, std::optional<std::size_t> count, std::optional<Duration> window,
            std::string_view what, ConnectionId id);

  Verdict& verdict_;
  LimitOptions limits_;
  std::map<ConnectionId, Times> frames_;  // Of the last window.
  std::map<SourceIndex, Times> connects_;
  std::set<ConnectionId> connections_;
  std::size_t connections_max_ = 0;
  std::map<ConnectionId, std::set<Topic>> asked_;
  std::deque<Ended> ended_;     // Not long ago: the server may not know it yet.
  std::size_t subscribed_ = 0;  // These included.
};

}  // namespace wsm::sim
