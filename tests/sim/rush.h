#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/shard/settings.h"
#include "core/supervisor/supervisor.h"
#include "sim/dice.h"
#include "sim/rush_feed.h"
#include "sim/rush_judge.h"
#include "sim/rush_line.h"
#include "support/fake_entropy.h"

namespace wsm::sim {

struct RushPlan {
  std::uint64_t seed = 1;
  std::uint64_t switchovers = 1000;
  RushFeedKind feed = RushFeedKind::kNumbers;
  bool sides_die = true;  ///< One or both, in every second switchover, at any time.
  Handover handover = Handover::kProven;
};

struct RushReport {
  std::map<SwitchoverOutcome, std::uint64_t> outcomes;
  Duration simulated{};
  std::uint64_t killed = 0;  ///< Connections.
  std::uint64_t arrived = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;             ///< Nobody had them any more.
  std::uint64_t lost_needlessly = 0;  ///< Must be zero, as what follows.
  std::uint64_t misplaced = 0;        ///< Delivered twice, or out of order.
  RushJudge::Excused excused;         ///< Nothing was promised of it.
  std::optional<std::string> fault;   ///< The first one of any kind.
};

/// One shard of the real core, replaced again and again under a dense feed, in virtual time. There
/// is no network in between, and time goes by in steps of ten milliseconds: a message costs a
/// fraction of what it costs in the other worlds.
class Rush {
 public:
  explicit Rush(const RushPlan& plan);

  RushReport run();

 private:
  enum class Victim : std::uint8_t { kNone, kOld, kFresh, kBoth };

  static constexpr Duration kStep = std::chrono::milliseconds{10};

  void switch_over();
  void step();
  void kill(Victim victim);
  void kill(const std::shared_ptr<RushLine>& line);
  [[nodiscard]] const RushLine* survivor_of(const RushLine& line) const;
  void read(RushLine& line);
  void take_message(const RushLine& line, const Message& message);
  void give_released();
  void pump();
  void perform(const Action& wanted);
  void transmit(ConnectionId id);
  void handle_event(const EventKind& event);
  [[nodiscard]] std::shared_ptr<RushLine> find(ConnectionId id) const;
  [[nodiscard]] bool is_calm() const;
  [[nodiscard]] static ShardManagerConfig config();

  const RushPlan plan_;
  TimePoint now_{std::chrono::hours{1}};
  RushFeed feed_;
  Dice dice_;
  SeededRng rng_;
  test::FakeEntropy entropy_;
  Supervisor core_;
  RushJudge::Lines lines_;
  std::size_t first_open_ = 0;  // All lines before it are over.
  std::set<ConnectionId> over_;
  RushJudge judge_;
  RushReport report_;
  std::vector<std::byte> buffer_;
  std::vector<RushFeed::Index> arrived_;  // In the read that is under way; from arrived_next_ on.
  std::size_t arrived_next_ = 0;
  std::uint64_t requests_ = 0;
  bool is_switching_ = false;
  std::optional<ConnectionId> old_;    // Of the switchover under way, or the last one.
  std::optional<ConnectionId> fresh_;  // The same.
};

}  // namespace wsm::sim
