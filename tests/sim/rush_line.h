#pragma once

#include <array>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/connection/connection_id.h"
#include "sim/dice.h"
#include "sim/rush_feed.h"

namespace wsm::sim {

/// The venue's end of one connection to a dense feed: it lags behind by a time of its own, and
/// takes its time for acknowledgements and for the first message of each topic.
class RushLine {
 public:
  using Index = RushFeed::Index;
  static constexpr Index kNever = std::numeric_limits<Index>::max();

  static constexpr Duration kLagMax = std::chrono::seconds{3};
  static constexpr Duration kFirstDataMax = std::chrono::seconds{3};
  static constexpr Duration kAnswerMax = std::chrono::seconds{5};

  RushLine(ConnectionId id, const RushFeed& feed, Dice& dice);

  /// What the client has written.
  void handle_written(std::string_view bytes, TimePoint now);
  /// It is cut off, and what was under way is lost.
  void kill(TimePoint now);
  /// What arrives at the client until `now`; the messages of the feed in it are added to `arrived`.
  [[nodiscard]] std::string take_output(TimePoint now, std::vector<Index>& arrived);

  [[nodiscard]] ConnectionId id() const { return id_; }
  [[nodiscard]] bool is_killed() const { return is_killed_; }
  /// Nothing comes any more, after a closing handshake.
  [[nodiscard]] bool is_finished() const { return is_finished_; }
  /// From this message on it carries `topic`.
  [[nodiscard]] Index first(Topic topic) const { return first_[topic.value()]; }
  /// Up to this one, if it is not killed before that has arrived.
  [[nodiscard]] Index end() const { return end_; }
  /// Up to this one all that it carries has arrived.
  [[nodiscard]] Index cursor() const { return cursor_; }
  /// It was asked for everything, and has brought something of all of it.
  [[nodiscard]] bool brings_all() const;

 private:
  void handle_request(const Request& request, TimePoint now);

  const ConnectionId id_;
  const RushFeed& feed_;
  Dice& dice_;
  const Duration lag_;
  std::string input_;
  bool is_upgraded_ = false;
  std::string output_;  // Of the handshakes.
  std::deque<std::pair<TimePoint, std::uint64_t>> answers_;
  std::array<Index, RushFeed::kTopics> first_;
  Index cursor_ = 0;
  Index end_ = kNever;
  bool is_killed_ = false;
  bool is_finished_ = false;
  std::optional<TimePoint> closing_at_;  // The client has said so.
};

}  // namespace wsm::sim
