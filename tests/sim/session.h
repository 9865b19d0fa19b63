#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/action.h"
#include "sim/feed.h"
#include "sim/network.h"
#include "sim/observer.h"
#include "sim/rate_counter.h"
#include "sim/venue_rules.h"
#include "sim/world.h"
#include "support/server_codec.h"

namespace wsm::sim {

class Venue;

/// The venue's end of one connection.
class Session {
 public:
  Session(Venue& venue, ConnectionId id, const Wire& wire);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] ConnectionId id() const { return id_; }
  [[nodiscard]] const std::set<Topic>& topics() const { return topics_; }
  [[nodiscard]] bool is_open() const { return is_upgraded_ && !is_over_ && !has_sent_close_; }
  [[nodiscard]] bool is_over() const { return is_over_; }

  /// Sends one message, unless the session or the topic is mute.
  void publish(FeedMessage message);
  void heartbeat();
  /// Each has the next number.
  void ping();

  // Faults.
  void close(std::uint16_t code, std::string_view reason);
  void finish();  ///< TCP ends without a closing handshake.
  void reset();
  void go_silent();  ///< Half-open: nothing arrives at either end, and nobody is told.
  /// Half-open in one direction: what the client sends does not arrive, or what it should get. The
  /// venue ends it by itself after a while.
  enum class Direction : std::uint8_t { kToVenue, kToClient };
  void lose(Direction direction);
  void mute();  ///< No data; everything else goes on.
  /// No data of one subscription; asking for it again may help, or only another connection.
  enum class Cure : std::uint8_t { kAskAgain, kOtherConnection };
  void mute(Topic topic, Cure cure);
  /// Leaves out the next message of a topic, and says nothing of it.
  void skip(Topic topic);
  /// Says that it is going to close, and perhaps where to go; and closes after a while.
  void drain(const std::string& url = {});
  void ignore_pings();
  /// Behind these bytes nothing can be understood, so nothing counts as sent.
  void send_garbage() {
    write("\xff\xff\xff\xff");
    mute();
  }

 private:
  void read();
  void read_upgrade();
  void refuse(const Reception& reception);
  void accept(std::string_view response);
  void handle_frame(const test::ClientFrame& frame);
  void handle_request(const Request& request);
  void subscribe(const Request& request);
  void unsubscribe(const Request& request);
  /// None: it is granted.
  [[nodiscard]] std::optional<FeedMessage::Kind> refusal(Topic topic) const;
  void grant(Topic topic);
  void answer(const Request& request, const std::vector<Topic>& refused);
  void answer(const FeedMessage& message);
  void handle_pong(std::string_view payload);
  void handle_close(std::string_view payload);
  void write(std::string_view bytes) { wire_.to_client->write(bytes); }
  void send(const FeedMessage& message) { write(test::server_text(encode(message))); }
  [[nodiscard]] bool is_text_ping(std::string_view payload) const;
  void note_hurt(std::optional<Topic> topic = std::nullopt);
  void hang_up();
  void end();

  Venue& venue_;
  const ConnectionId id_;
  Wire wire_;
  std::string input_;
  RateCounter frames_;
  std::uint64_t pings_ = 0;
  std::set<Topic> topics_;
  std::map<Topic, Cure> mute_topics_;
  std::set<Topic> skipped_topics_;         // Of each the next message.
  std::map<Topic, std::uint64_t> counts_;  // Of those that count by connection.
  std::map<Topic, std::uint64_t> begun_;   // In which epoch of its numbers.
  std::shared_ptr<Session*> self_ = std::make_shared<Session*>(this);  // For tasks: are we there?
  std::set<Topic> unserved_topics_;  // Asked for, and refused or ignored.
  bool is_upgraded_ = false;
  bool has_sent_close_ = false;
  bool is_mute_ = false;
  bool answers_pings_;
  bool is_over_ = false;
};

}  // namespace wsm::sim
