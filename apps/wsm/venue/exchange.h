#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "venue/counters.h"
#include "venue/options.h"
#include "venue/record.h"
#include "venue/request.h"
#include "venue/rolling_window.h"
#include "venue/topic.h"
#include "venue/topic_rounds.h"

namespace wsm::venue {

/// The venue without its sockets: who is subscribed to what, which limits hold, what is published
/// to whom, and the record of all that.
///
/// It is told what happened (`handle_…`) and answers what to send or whom to close; whoever owns
/// the sockets does so. Thread-compatible: one owner.
class Exchange {
 public:
  /// What to do with a request.
  struct Reply {
    std::string text;
  };
  struct Violation {
    std::string reason;  ///< For the close frame with 1008.
  };
  struct Ignore {};  ///< From a connection that is being closed.
  using Answer = std::variant<Reply, Violation, Ignore>;

  /// One message of data. `subscribers`: valid until the next call that is not const.
  struct Publication {
    TopicId topic;
    Sequence sequence;
    std::span<const ConnectionId> subscribers;
  };

  explicit Exchange(const Options& options);

  // Commands.
  [[nodiscard]] Publication publish();
  /// Ends all service to `connection` for `kind`; the record keeps both. Silencing leaves the
  /// connection its subscriptions, anything else takes them.
  void apply(FaultKind kind, ConnectionId connection, Duration now);

  // Inputs.
  ConnectionId handle_opened(std::string target, Duration now);
  [[nodiscard]] Answer handle_request(ConnectionId connection, std::string_view text, Duration now);
  /// The client's close frame has come, or its connection has gone: nothing is sent to it any more.
  void handle_leaving(ConnectionId connection);
  void handle_sent(ConnectionId connection, TopicId topic, Sequence sequence);
  void handle_ended(ConnectionId connection, ConnectionEnd how, Duration now);

  // Getters.
  [[nodiscard]] bool is_open(ConnectionId connection) const {
    return clients_.contains(connection);
  }
  [[nodiscard]] bool is_silenced(ConnectionId connection) const;
  [[nodiscard]] std::size_t subscriptions(ConnectionId connection) const;
  /// The one with the most subscriptions that are served.
  [[nodiscard]] std::optional<ConnectionId> busiest() const;
  /// Topics that at least one connection is served with.
  [[nodiscard]] std::size_t topics_in_service() const { return topics_in_service_; }
  [[nodiscard]] const Record& record() const { return record_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] Counters& counters() { return counters_; }

 private:
  enum class Standing { kServed, kSilenced, kLeaving };

  struct Client {
    RollingWindow requests;
    std::set<TopicId> topics;
    Standing standing = Standing::kServed;
  };

  Answer obey(ConnectionId connection, const Request& request, Duration now);
  void subscribe(ConnectionId connection, std::span<const TopicId> topics, Duration now);
  void unsubscribe(ConnectionId connection, std::span<const TopicId> topics);
  void begin_service(TopicId topic, ConnectionId connection);
  void end_service(TopicId topic, ConnectionId connection);
  void leave(Client& client, ConnectionId connection);

  const Options options_;
  TopicRounds rounds_;
  Record record_;
  Counters counters_;
  std::map<ConnectionId, Client> clients_;         // Those that are open.
  std::vector<std::vector<ConnectionId>> served_;  // By TopicId.
  std::size_t topics_in_service_ = 0;
};

}  // namespace wsm::venue
