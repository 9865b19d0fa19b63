#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <wsm/config.h>

#include "sim/beginnings.h"
#include "sim/observer.h"
#include "sim/serving.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// A connection that is replaced while it serves costs nothing, where the core says that this is
/// proven; nor does a subscription that moves. No message that was published between its beginning
/// and its end is missing in what the application got, unless venue or network have done something
/// to either side: only they are asked for an excuse.
class PlannedOracle final : public Observer {
 public:
  explicit PlannedOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_rules(GapRecovery recovery) { withholds_ = recovery == GapRecovery::kDrop; }

  void handle_wanted(Topic topic) override { streams_[topic] = {}; }
  void handle_unwanted(Topic topic) override { streams_.erase(topic); }
  void handle_asked(ConnectionId id, const Request& request, std::size_t bytes) override;
  void handle_published(Topic topic, Sequence sequence) override;
  void handle_subscribed(ConnectionId id, Topic topic) override;
  void handle_sent(ConnectionId id, Topic topic, Sequence sequence) override;
  void handle_hurt(ConnectionId id, std::optional<Topic> topic) override;
  void handle_hung_up(ConnectionId id, bool has_read_all) override;
  void handle_delivered(ConnectionId id, const FeedMessage& message) override;
  void handle_withheld(ConnectionId id, const FeedMessage& message) override;
  void handle_renumbered(Topic topic, Sequence first) override { beginnings_.add(topic, first); }
  void handle_event(const EventKind& event) override;

  /// To be asked now and then: looks at what has been over for a while.
  void check();

  /// Proven replacements, moves included.
  [[nodiscard]] std::uint64_t proven() const { return proven_; }
  /// Messages that were lost in them, for which there is an excuse.
  [[nodiscard]] std::uint64_t excused() const { return excused_; }

 private:
  /// A subscription on a connection.
  struct Carried {
    std::optional<TimePoint> since = {};  // By the venue.
    std::optional<Sequence> first = {};   // That the venue has sent.
    std::optional<TimePoint> hurt_at = {};
    std::optional<TimePoint> ended_at = {};  // By the client.
    bool is_renewed = false;                 // Asked for once more behind that.
  };
  struct Line {
    std::map<Topic, Carried> topics;
    std::optional<TimePoint> hurt_at = {};
    std::optional<TimePoint> gone_at = {};
    bool was_read_to_its_end = false;
  };
  /// From one connection to another, of a subscription or of all.
  struct Replacement {
    ConnectionId from;
    ConnectionId to;
    std::optional<Topic> topic;
    TimePoint begun;
    TimePoint decided;
  };
  /// Of one subscription, since it is wanted.
  struct Stream {
    Sequence last = 0;                      // Delivered.
    std::map<Sequence, TimePoint> missing;  // Below it: when that was noticed.
    std::set<Sequence> withheld;            // Of no use to the application, by its own word.
  };

  void handle(const event::SwitchoverFinished& finished);
  void handle(const event::SubscriptionMoved& moved);
  void judge(const Replacement& replacement);
  void judge(const Replacement& replacement, Topic topic, const Stream& stream);
  [[nodiscard]] bool is_to_blame(const Replacement& replacement, Topic topic, Sequence sequence);
  [[nodiscard]] bool is_excused(const Replacement& replacement, Topic topic, TimePoint noticed);
  [[nodiscard]] bool is_hurt(ShardId shard, Topic topic, TimePoint begun, TimePoint noticed) const;
  void forget_old();

  Verdict& verdict_;
  Serving serving_;
  Beginnings beginnings_;
  std::map<ConnectionId, Line> lines_;
  std::map<Topic, Stream> streams_;
  std::map<Topic, std::vector<TimePoint>> published_;  // By number, from one on.
  std::vector<Replacement> to_judge_;
  std::uint64_t proven_ = 0;
  std::uint64_t excused_ = 0;
  bool withholds_ = false;
};

}  // namespace wsm::sim
