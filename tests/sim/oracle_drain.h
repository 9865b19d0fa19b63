#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// Whom a server tells to go to another place, goes there next, once: unless nobody can connect
/// there, or it would give up TLS. Everybody else goes where the handler says, and each notice is
/// told.
class DrainOracle final : public Observer {
 public:
  explicit DrainOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What the handler names from now on.
  void set_urls(std::vector<std::string> urls) { urls_ = std::move(urls); }

  void handle_drain_notice(ConnectionId id, const std::string& url) override {
    untold_[id].push_back(url);
  }
  void handle_dial(ConnectionId id, SourceIndex source, const Url& url) override;
  void handle_hung_up(ConnectionId id, bool has_read_all) override;
  void handle_event(const EventKind& event) override;

  /// To be asked when all that has happened has been told.
  void check();

  /// Dials of a place that a notice has named.
  [[nodiscard]] std::size_t followed() const { return followed_; }

 private:
  /// Where an attempt has to go.
  struct Order {
    std::string url = {};  // Empty: where the handler says.
    bool is_shut = false;  // There nobody could connect when it began.
  };

  void handle(const event::DrainNoticed& noticed);
  void handle(const event::Connecting& begun);
  [[nodiscard]] bool may_follow(ConnectionId id, const std::string& url) const;
  void fail(ConnectionId id, const std::string& what);

  Verdict& verdict_;
  std::vector<std::string> urls_{"ws://venue.sim/"};
  std::map<ConnectionId, std::deque<std::string>> untold_;  // Notices that have been read.
  std::map<ShardId, std::string> next_;                     // Where its next attempt has to go.
  std::map<ConnectionId, Order> orders_;
  std::map<ConnectionId, Url> dialed_;
  std::map<std::string, CircuitStatus> circuits_;  // By endpoint.
  std::size_t followed_ = 0;
};

}  // namespace wsm::sim
