#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "sim/pipe.h"
#include "sim/world.h"

namespace wsm::sim {

/// A connection as the network sees it: two streams, and what can happen to both at once.
struct Wire {
  std::shared_ptr<Pipe> to_server;
  std::shared_ptr<Pipe> to_client;

  /// Both ends are told at once that it is over (RST).
  void reset() {
    to_server->reset();
    to_client->reset();
  }
  /// Nothing arrives any more, and nobody is told.
  void lose_everything() {
    to_server->lose_everything();
    to_client->lose_everything();
  }
};

/// What becomes of whoever dials.
enum class OnDial : std::uint8_t { kAccept, kRefuse, kIgnore };

[[nodiscard]] constexpr std::string_view to_string(OnDial on_dial) {
  switch (on_dial) {
    case OnDial::kAccept: return "accept";
    case OnDial::kRefuse: return "refuse";
    case OnDial::kIgnore: return "ignore";
  }
  return "unknown";
}

/// The way between clients and one server, which may have several names.
class Network {
 public:
  using Found = std::function<void()>;
  using Accept = std::function<void(const Wire& wire)>;
  using Dialed = std::function<void(const Wire& wire)>;
  using Refused = std::function<void()>;

  Network(World& world, const LinkQuality& quality)
      : world_(world), dice_(world.dice("network")), quality_(quality) {}

  /// Finds the addresses of a name. All who ask for it while it is looked up are told at once.
  void look_up(const std::string& host, Found found);
  /// Connects: after a round trip `dialed` or `refused` is called, or neither. `accept` is the
  /// server's side, half a round trip before.
  void dial(const std::string& host, Accept accept, Dialed dialed, Refused refused);

  // Faults, for what is dialed from now on.
  void set_on_dial(OnDial on_dial) { on_dial_ = on_dial; }
  /// The same for one name of the server only.
  void set_on_dial(const std::string& host, OnDial on_dial) { on_dial_at_[host] = on_dial; }
  void revive_hosts() { on_dial_at_ = gone_; }
  /// The same for a name that no revival brings back.
  void set_gone(const std::string& host, OnDial on_dial) {
    on_dial_at_[host] = gone_[host] = on_dial;
  }
  void set_quality(const LinkQuality& quality) { quality_ = quality; }
  /// How long it takes to look a name up.
  void set_look_up_max(Duration max) { look_up_max_ = max; }
  [[nodiscard]] const LinkQuality& quality() const { return quality_; }

 private:
  World& world_;
  Dice dice_;
  LinkQuality quality_;
  OnDial on_dial_ = OnDial::kAccept;
  std::map<std::string, OnDial> on_dial_at_;
  std::map<std::string, OnDial> gone_;
  Duration look_up_max_{};
  std::map<std::string, TimePoint> found_at_;  // By name: when the last look-up ends.
};

}  // namespace wsm::sim
