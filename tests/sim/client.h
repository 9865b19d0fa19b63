#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <wsm/config.h>

#include "core/limits/reading_reserve.h"
#include "core/supervisor/supervisor.h"
#include "sim/inspect.h"
#include "sim/network.h"
#include "sim/observer.h"
#include "sim/sabotage.h"
#include "sim/venue.h"
#include "sim/world.h"
#include "support/fake_entropy.h"

namespace wsm::sim {

/// How the hooks of the application behave.
struct HookBehaviour {
  Duration delay_max = std::chrono::milliseconds{5};  ///< Of those that may block.
  std::uint64_t throws_once_in = 0;
  std::uint64_t hangs_once_in = 0;  ///< Never answers.
};

/// An application with the real supervisor, and the driver that brings both together with the
/// network. Drives it by the rule that stands in supervisor.h.
class Client {
 public:
  Client(World& world, Network& network, Venue& venue, const ShardManagerConfig& config,
         Observer& observer);

  /// What the handler names from now on; the venue answers to all of them.
  void set_urls(std::vector<std::string> urls) { urls_ = std::move(urls); }
  [[nodiscard]] const std::vector<std::string>& urls() const { return urls_; }

  [[nodiscard]] const ShardManagerConfig& config() const { return config_; }

  // What the application does. Each is a turn.
  void start(std::span<const Topic> topics, std::size_t capacity);
  void stop(Duration deadline);
  void subscribe(Topic topic);
  void unsubscribe(Topic topic);
  void reconnect(ShardId shard);
  void switch_over(ShardId shard);
  void move(Topic topic, ShardId shard);
  void rebalance();

  // Faults, and their end.
  void set_hooks(const HookBehaviour& hooks) { hooks_ = hooks; }
  /// Nothing can be dialed from there, or through it.
  void set_dead_source(std::optional<SourceIndex> source) { dead_source_ = source; }
  void set_dead_proxy(std::optional<ProxyIndex> proxy) { dead_proxy_ = proxy; }
  /// The handler is behind: when their reserves are used up, no shard is read until resume().
  void pause();
  void resume();
  /// on_error says what it likes, and nothing that is of harm; for a while it also says stop.
  void set_answering(bool is_answering) { is_answering_ = is_answering; }
  void say_stop() { is_saying_stop_ = true; }
  /// Not any more: what has stopped goes on.
  void say_go_on();
  [[nodiscard]] bool is_paused() const { return is_paused_; }
  /// The whole process stands still; what has come due meanwhile comes all at once.
  void freeze(Duration duration);
  /// Until when it does; in the past if it does not.
  [[nodiscard]] TimePoint frozen_until() const { return frozen_until_; }

  void set_recognition(Recognition recognition) { recognition_ = recognition; }
  /// The faults are ours from now on.
  void set_sabotage(Sabotage sabotage);

  [[nodiscard]] const Supervisor& core() const { return core_; }
  [[nodiscard]] std::vector<ShardId> shards() const;
  [[nodiscard]] bool is_connected(ConnectionId id) const { return wires_.contains(id); }

 private:
  void run_turn(const std::function<void(Supervisor&)>& tell);
  void pump();
  void perform(const Action& wanted);
  [[nodiscard]] Preparation prepare(const EndpointChoice& choice);
  void dial(const action::Dial& wanted);
  void connect(const action::Dial& wanted);
  void fail_dial(ConnectionId id, DisconnectKind kind);
  void handle_connected(ConnectionId id, const Wire& wire);
  void when_awake(std::function<void()> then);
  void hang_up(ConnectionId id);
  void render(const action::Render& wanted);
  void transmit(ConnectionId id);
  void note_frames(ConnectionId id, std::string_view written);
  void receive(ConnectionId id);
  /// Returns how many messages there were.
  std::size_t take_in(ConnectionId id, std::string_view bytes);
  void deliver(ConnectionId id, const Message& message);
  void give_released();
  void answer_about_error(ConnectionId id);
  void tell(EventKind event);
  void write(Pipe& pipe, std::string_view bytes);
  void give(ConnectionId id, const FeedMessage& message);
  void hand_over(ConnectionId id, const FeedMessage& message);
  void set_alarm();
  /// Whether to do a wrong of this kind now.
  [[nodiscard]] bool commits(Sabotage sabotage, std::uint64_t once_in = 20) {
    return sabotage_ == sabotage && dice_.once_in(once_in);
  }
  /// Lets a hook take its time, or fail, and brings the answer in as a turn.
  template <class Answer>
  void call_hook(Answer answer);

  World& world_;
  Network& network_;
  Venue& venue_;
  const ShardManagerConfig config_;
  Observer& observer_;
  Dice dice_;
  Dice answer_dice_;
  SeededRng rng_;
  test::FakeEntropy entropy_;
  Supervisor core_;
  std::optional<SourceIndex> dead_source_;
  std::optional<ProxyIndex> dead_proxy_;
  std::vector<std::string> urls_{"ws://venue.sim/"};
  HookBehaviour hooks_;
  Recognition recognition_ = Recognition::kNumbers;
  Sabotage sabotage_ = Sabotage::kNone;
  std::optional<std::pair<ConnectionId, FeedMessage>> kept_back_;  // By kSwapsMessages.
  std::set<Topic> kept_back_topics_;                               // By kKeepsBackForEver.
  std::string directed_;                                           // Where a server sent us last.
  std::map<ConnectionId, Wire> wires_;
  ReadingReserve reserve_;
  std::vector<std::byte> buffer_;
  std::uint64_t requests_ = 0;
  std::set<ShardId> stopped_;  // By on_error, and not tried since.
  std::optional<TimePoint> alarm_;
  TimePoint frozen_until_{};
  bool is_paused_ = false;
  bool is_in_turn_ = false;
  bool is_answering_ = false;
  bool is_saying_stop_ = false;
};

}  // namespace wsm::sim
