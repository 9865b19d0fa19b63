#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "sim/observer.h"
#include "sim/rate_counter.h"
#include "sim/session.h"
#include "sim/venue_rules.h"
#include "sim/world.h"

namespace wsm::sim {

/// A server with rules, its sessions, and what it publishes: numbered messages for each topic, so
/// that every loss, repetition and change of order can be seen.
class Venue {
 public:
  Venue(World& world, const VenueRules& rules, Observer& observer);

  /// Begins to publish.
  void open();
  void accept(ConnectionId id, const Wire& wire);

  // Faults, and their end.
  void set_reception(const Reception& reception) { reception_ = reception; }
  void set_office(Office office) { office_ = office; }
  /// Allows that many times less than its limits say, and tells nobody.
  void set_strictness(std::size_t strictness) { strictness_ = strictness; }
  /// Everything that is connected is cut off.
  void drop_all();
  /// One more message of each topic now, for whoever wants to see that it arrives.
  void publish_all();
  void publish(Topic topic);
  /// The next message of `topic` is number one, and so on; unless it has just been.
  void renumber(Topic topic);
  void renumber_all();

  // For its sessions.
  void handle_subscribed(Session& session, Topic topic);
  void handle_unsubscribed(Session& session, Topic topic);
  void handle_ended(Session& session);
  /// One more frame has come, by the count of its session. False: it was one too many.
  [[nodiscard]] bool allows_frame(ConnectionId id, RateCounter& frames);
  /// Somebody asks for an upgrade. False: there were too many of late.
  [[nodiscard]] bool allows_upgrade(ConnectionId id) const { return !too_many_.contains(id); }
  /// A client of ours has done what no client may do.
  void complain(ConnectionId id, std::string_view what);

  [[nodiscard]] const VenueRules& rules() const { return rules_; }
  [[nodiscard]] const Reception& reception() const { return reception_; }
  [[nodiscard]] Office office() const { return office_; }
  /// How often its numbers have begun anew.
  [[nodiscard]] std::uint64_t epoch(Topic topic) const { return epochs_[topic.value()].count; }
  [[nodiscard]] Observer& observer() { return observer_; }
  [[nodiscard]] World& world() { return world_; }
  /// How long the next acknowledgement takes.
  [[nodiscard]] Duration draw_answer_delay() { return dice_.between({}, rules_.answer_delay_max); }
  /// Those that are not over.
  [[nodiscard]] std::vector<Session*> sessions();
  [[nodiscard]] std::vector<Session*> open_sessions();

 private:
  [[nodiscard]] bool allows(ConnectionId id, std::size_t count, std::size_t limit,
                            std::string_view what);
  /// The next message of a topic.
  [[nodiscard]] FeedMessage next_of(Topic topic);
  void schedule(Topic topic);
  void beat();
  void ping();

  World& world_;
  Dice dice_;
  const VenueRules rules_;
  Reception reception_;
  Office office_ = Office::kOpen;
  std::size_t strictness_ = 1;
  RateCounter connects_;
  std::set<ConnectionId> too_many_;  // Connected above the limit.
  Observer& observer_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::vector<Session*>> by_topic_;
  std::vector<Sequence> published_;  // By topic: the number of the last message.
  /// Of the numbers that the venue gives, by topic.
  struct Epoch {
    std::uint64_t count = 0;
    Sequence since = 0;  // The last message before it.
  };
  std::vector<Epoch> epochs_;
  /// Of two beginnings with a few numbers each, read at once, nobody could tell what is whose.
  static constexpr Sequence kEpochMin = 50;
};

}  // namespace wsm::sim
