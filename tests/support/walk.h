#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"
#include "support/world.h"

namespace wsm::test {

/// A walk of a supervisor through commands, servers of every kind, cuts, silence, pauses and late
/// answers; `dice` decide on each step. World and ScriptedServer watch over what must never happen:
/// what they find fails the test.
class Walk {
 public:
  /// `seed` is for what the core itself draws. Lifetime: `dice` outlives the walk.
  Walk(Rng& dice, std::uint64_t seed);
  void step();

  /// Everything that a test made go wrong is over; servers send data, as they do.
  void calm_down(Duration duration);
  /// To be asked when it is calm.
  void expect_everything_once();
  void stop();

  /// What has happened, in words, for comparison.
  [[nodiscard]] std::string story() const;

 private:
  [[nodiscard]] ShardManagerConfig config();
  [[nodiscard]] std::vector<ShardMetrics> shards() const;
  bool is_lucky(unsigned of) { return dice_.below(of) > 0; }
  SubscriptionId::rep any_id();

  void subscribe();
  void unsubscribe();
  void command_a_shard();
  void change_newcomers();
  void change_manners(ScriptedServer::Manners& manners);
  void trouble_a_server();
  void send_anything(ScriptedServer& server);

  /// Answers that come late, or that nobody has asked for, to connections that may be long dead.
  void answer_late();

  /// What a handler does inside on_message, or while it writes a request.
  void act_inside_a_hook();
  void toggle_pause();
  void send_data_everywhere();
  void check();

  Rng& dice_;
  SeededRng rng_;
  World world_;
  std::set<SubscriptionId> desired_;
  bool is_paused_ = false;
};

}  // namespace wsm::test
