#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/fixed_rng.h"
#include "support/world.h"

namespace wsm::test {

/// Where a shard is when the steps begin.
enum class Situation : std::uint8_t {
  kIdle,
  kOpening,      ///< The handler has not said yet where the standby is to go.
  kSubscribing,  ///< The standby is open; the handler has not rendered its request yet.
  kProving,
  kDraining,     ///< The standby has been promoted, and the old connection is still open.
  kFirstSlice,   ///< Three subscriptions are allowed: the standby could be asked for topic 1 only.
  kSecondSlice,  ///< It carries topic 1 alone, and has been asked for topic 2.
};

inline constexpr Situation kSituations[] = {
    Situation::kIdle,     Situation::kOpening,    Situation::kSubscribing, Situation::kProving,
    Situation::kDraining, Situation::kFirstSlice, Situation::kSecondSlice};

/// What can happen next. The older and the newer connection are meant as they are then; where there
/// is one only, it is the older one.
enum class Step : std::uint8_t {
  kOlderFrame,       ///< The next message of topic 1.
  kOlderOtherFrame,  ///< The same of topic 2.
  kNewerFrame,
  kNewerOtherFrame,
  kOlderAck,  ///< Of the first request that is not answered.
  kNewerAck,
  kOlderReject,  ///< Of topic 2, for now.
  kNewerReject,
  kOlderClose,
  kNewerClose,
  kOlderReset,
  kNewerReset,
  kAnswer,   ///< The handler says what it was asked.
  kSilence,  ///< Longer than messages wait for others.
  kStall,    ///< As long as a connection may be silent.
  kSubscribe,
  kUnsubscribe,
  kSwitch,
  kStop,
};

inline constexpr std::size_t kSteps = static_cast<std::size_t>(Step::kStop) + 1;

[[nodiscard]] std::string_view to_string(Situation situation);
[[nodiscard]] std::string_view to_string(Step step);
[[nodiscard]] std::string to_string(std::span<const Step> steps);

inline void PrintTo(Situation situation, std::ostream* out) { *out << to_string(situation); }

/// One run: a shard of the real core with three topics, at most two connections, and servers that
/// publish numbered messages, which each connection brings in its own time.
///
/// The first fault that is found is kept, and what follows is not looked at any more.
class Interleaving {
 public:
  explicit Interleaving(Situation situation);

  /// Returns false when `step` is not possible now; then nothing has happened.
  bool take(Step step);
  /// From now on everything answers, and everything published comes everywhere: whatever is
  /// desired has to come back, on one connection, within a minute and a half.
  void heal();

  /// What is wrong, if anything is.
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }

 private:
  using Topic = SubscriptionId::rep;
  /// What has become of one topic since it was last subscribed.
  struct Stream {
    std::vector<std::uint64_t> delivered;
    std::set<std::uint64_t> owed;  // They have arrived, and nothing later had been delivered.
  };

  [[nodiscard]] static ShardManagerConfig config(Situation situation);
  [[nodiscard]] static Inspected inspect(std::string_view text);
  void reach(Situation situation);
  [[nodiscard]] std::optional<ConnectionId> side(std::size_t index) const;
  [[nodiscard]] bool is_speaking(ConnectionId id);
  bool take_on(ConnectionId id, Step step);
  bool bring(ConnectionId id, Topic topic);
  bool acknowledge(ConnectionId id);
  bool reject(ConnectionId id, Topic topic);
  bool close(ConnectionId id);
  bool subscribe();
  bool unsubscribe();
  void say(ConnectionId id, const std::string& text);
  void publish_everywhere();
  [[nodiscard]] bool is_well();
  void look();
  void note_subscribed();
  void note_delivered();
  void look_at_events();
  void check_proofs();
  void check_states();
  void check_streams();
  void fail(const std::string& what);

  FixedRng rng_{FixedRng::Draw::kHighest};
  World world_;
  std::set<Topic> desired_;
  bool is_stopped_ = false;
  std::map<Topic, std::uint64_t> published_;
  std::map<Topic, Stream> streams_;
  std::map<std::pair<ConnectionId, Topic>, std::uint64_t> next_;  // To be brought.
  std::map<ConnectionId, std::size_t> acknowledged_;
  std::map<Topic, Generation> handed_over_;  // To who does not serve yet.
  std::set<ConnectionId> closed_;            // By their servers.
  std::size_t messages_seen_ = 0;
  std::size_t events_seen_ = 0;
  std::uint64_t holes_ = 0;  // Numbers that are missing in what was delivered.
  std::optional<std::string> fault_;
};

}  // namespace wsm::test
