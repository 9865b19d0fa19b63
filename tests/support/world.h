#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <wsm/config.h>

#include "core/supervisor/supervisor.h"
#include "support/fake_entropy.h"
#include "support/scripted_server.h"

namespace wsm {

inline void PrintTo(const ConnectionId& id, std::ostream* out) {
  *out << "shard " << id.shard << " connection " << id.generation;
}

}  // namespace wsm

namespace wsm::test {

/// A supervisor with everything around it: a clock, the hooks of a handler, and a scripted server
/// for each connection. Drives it by the rule that stands in supervisor.h.
///
/// It holds the supervisor to its word in everything that is asked: that answers are asked for
/// once, that nothing is asked for a connection that is over, that only known subscriptions are
/// rendered and each unwanted one is forgotten once, and that no deadline is left in the past.
class World {
 public:
  enum class OnDial : std::uint8_t {
    kConnect,
    kFail,
    kIgnore,
    kUnresolved,  ///< The look-up of the name takes its time; nothing more comes of it.
  };

  /// How handler and network behave; a test may change it at any time.
  struct Behaviour {
    bool answers_prepare = true;
    bool answers_greet = true;
    bool answers_render = true;
    OnDial on_dial = OnDial::kConnect;
    std::optional<ErrorAnswer> error_answer = ErrorAnswer::kDefault;  ///< None: not answered.
    std::string url = "ws://venue.test/feed";
    std::vector<std::string> urls = {};              ///< Instead of it, if there are any.
    std::set<std::string> dead_hosts = {};           ///< Dials of these fail.
    std::optional<Duration> proxy_retry_after = {};  ///< That these say.
    std::set<ProxyIndex> dead_proxies = {};          ///< Dials through these do.
    std::set<SourceIndex> dead_sources = {};         ///< Dials from these do.
    std::vector<OutgoingMessage> greeting = {};
    std::set<SubscriptionId> unrenderable = {};
    /// Runs inside the hooks that are called in the middle of a turn: each message, each rendering.
    /// May call any command of the core.
    std::function<void()> inside_hook = [] {};
    /// What a message is: by default "data" is data of no known subscription.
    std::function<Inspected(std::string_view text)> inspect = [](std::string_view text) {
      return Inspected{.role = text.starts_with("data") ? MessageRole::kData : MessageRole::kOther};
    };
    /// Requests carry ids, counted from 1.
    bool numbers_requests = false;
    ScriptedServer::Manners manners = {};  ///< Of the servers of connections to come.
    /// What is answered to those who come to these paths, instead of an upgrade.
    std::map<std::string, std::string> refusals = {};
  };

  World(const ShardManagerConfig& config, Rng& rng) : core(config, rng, entropy) {}

  // What the application does. Each is a turn.
  void start(std::initializer_list<SubscriptionId::rep> ids, std::size_t capacity = 500);
  std::vector<SubscribeResult> subscribe(std::initializer_list<SubscriptionId::rep> ids);
  SubscribeResult subscribe(SubscriptionId id);
  UnsubscribeResult unsubscribe(SubscriptionId::rep id);
  void stop(Duration deadline);
  void pause();
  void resume();

  // Time.
  /// Does all that is to be done now. Inside a hook: nothing, the turn goes on anyway.
  void pump();
  /// Answers what was asked while Behaviour said that it is not to be answered.
  void answer_held();
  [[nodiscard]] bool has_held() const { return !held_.empty(); }
  /// Lets `duration` pass, from deadline to deadline.
  void run_for(Duration duration);

  // The other side.
  /// The newest connection of `shard`.
  [[nodiscard]] ConnectionId newest(ShardId::rep shard = 0) const;
  /// The server of that connection, or of the newest of `shard`; also when it is over.
  [[nodiscard]] ScriptedServer& server(ConnectionId id);
  [[nodiscard]] ScriptedServer& server(ShardId::rep shard = 0) { return server(newest(shard)); }
  /// The ids of the requests that were rendered for it, if they have any.
  [[nodiscard]] const std::vector<std::uint64_t>& requests(ConnectionId id) {
    return requests_of_[id];
  }
  /// Connections that have been dialed and are not over.
  [[nodiscard]] std::vector<ConnectionId> connected() const;
  [[nodiscard]] bool is_over(ConnectionId id) const { return over_.contains(id); }
  /// The subscriptions that have an id: seen, and not forgotten.
  [[nodiscard]] const std::set<SubscriptionId>& known() const { return interned_; }
  /// Removes what is known of connections that are over.
  void forget_past() { past_.clear(); }

  /// The events of one kind so far, in order.
  template <class E>
  [[nodiscard]] std::vector<E> events_of() const {
    std::vector<E> found;
    for (const EventKind& event : events) {
      if (const auto* match = std::get_if<E>(&event)) found.push_back(*match);
    }
    return found;
  }
  [[nodiscard]] ShardMetrics shard(ShardId::rep id = 0) const;

  TimePoint now{std::chrono::hours{1}};
  FakeEntropy entropy;
  Supervisor core;
  Behaviour behaviour;
  std::size_t read_bytes_max = 4096;

  // What has happened.
  std::vector<EventKind> events;
  std::vector<std::pair<ConnectionId, std::string>> messages;
  std::vector<SubscriptionId> forgotten;
  std::vector<std::pair<ConnectionId, DisconnectReason>> disconnects;  // As told to the handler.
  std::vector<std::pair<ConnectionId, DisconnectReason>> errors;       // As asked of it.
  std::vector<ConnectionId> prepares;
  std::vector<bool> refreshes;  // Of each of those: were credentials to be refreshed?
  std::vector<ConnectionId> greetings;
  std::vector<std::string> dialed_hosts;   ///< In order.
  std::vector<std::string> dialed_paths;   ///< The same.
  std::map<ShardId, SourceIndex> sources;  ///< Where each has dialed from, the last time.
  std::vector<ProxyIndex> dialed_proxies;  ///< In order.

 private:
  struct Link {
    explicit Link(ScriptedServer::Manners manners) : server(std::move(manners)) {}
    ScriptedServer server;
    bool is_end_told = false;
  };

  void intern(SubscriptionId id) { interned_.insert(id); }
  void perform(const Action& wanted);
  void render(const action::Render& wanted);
  void answer_render(const action::Render& wanted);
  [[nodiscard]] Preparation prepare(const EndpointChoice& choice) const;
  void dial(ConnectionId id, const Url& url);
  [[nodiscard]] ScriptedServer::Manners manners_at(const std::string& path) const;
  void hang_up(ConnectionId id);
  void forget(SubscriptionId id);
  void transmit(ConnectionId id);
  bool receive(ConnectionId id, Link& link);
  void deliver(ConnectionId id, std::string_view bytes);
  void take_released();
  void note(const EventKind& event);

  std::map<ConnectionId, Link> links_;
  std::map<ConnectionId, Link> past_;
  std::map<ShardId, Generation> newest_;
  std::set<ConnectionId> over_;
  std::set<ConnectionId> opened_;
  std::set<SubscriptionId> interned_;
  std::uint64_t requests_ = 0;
  std::map<ConnectionId, std::vector<std::uint64_t>> requests_of_;
  std::vector<Action> held_;  // What the handler was asked and has not answered.
  bool is_paused_ = false;
  bool is_pumping_ = false;
};

}  // namespace wsm::test
