#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/message.h>

#include "core/subscription/request_batcher.h"
#include "support/frames.h"

namespace wsm::test {

/// The server side of one connection, in memory: bytes in, bytes out.
///
/// It understands the requests that request_for() writes and keeps the set that is subscribed. What
/// no client may do to it fails the test: a frame behind a close frame, a subscription twice in a
/// row, the end of one that is not there, more than its capacity.
class ScriptedServer {
 public:
  enum class OnUpgrade : std::uint8_t { kAccept, kRefuse, kIgnore };

  /// How it treats whoever connects.
  struct Manners {
    OnUpgrade on_upgrade = OnUpgrade::kAccept;
    std::string refusal = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
    std::string behind_upgrade = {};  ///< Frames that come with the response.
    bool answers_pings = true;
    bool answers_close = true;     ///< And ends TCP then.
    bool sends_snapshots = false;  ///< Data at once for each request.
    bool is_strict = true;         ///< A subscription twice, or the end of none, fails the test.
    std::size_t capacity = std::numeric_limits<std::size_t>::max();
  };

  explicit ScriptedServer(Manners manners) : manners_(std::move(manners)) {}

  // What a test makes it do.
  void send(std::string_view frames) { output_ += frames; }
  /// A message that World takes for data.
  void send_data() { send(server_text("data")); }
  void close(std::uint16_t code, std::string_view reason = {});
  /// Forgets that `id` is subscribed, as who refuses it does.
  void drop(SubscriptionId id) { subscribed_.erase(id); }
  /// TCP ends without a word.
  void cut() { has_hung_up_ = true; }
  [[nodiscard]] Manners& manners() { return manners_; }

  // The wire.
  void receive(std::string_view bytes);
  [[nodiscard]] std::string take_output(std::size_t count_max);
  [[nodiscard]] bool has_output() const { return !output_.empty(); }
  [[nodiscard]] bool has_hung_up() const { return has_hung_up_; }

  // What it has seen.
  [[nodiscard]] const std::string& upgrade_request() const { return upgrade_request_; }
  [[nodiscard]] const std::vector<ClientFrame>& frames() const { return frames_; }
  /// The texts among the frames.
  [[nodiscard]] std::vector<std::string> texts() const;
  [[nodiscard]] const std::set<SubscriptionId>& subscribed() const { return subscribed_; }
  [[nodiscard]] bool is_upgraded() const { return is_upgraded_; }

 private:
  void answer_upgrade();
  void handle_frame(const ClientFrame& frame);
  void handle_request(std::string_view text);

  Manners manners_;
  std::string input_;
  std::string output_;
  std::string upgrade_request_;
  std::vector<ClientFrame> frames_;
  std::set<SubscriptionId> subscribed_;
  bool is_upgraded_ = false;
  bool is_refused_ = false;
  bool has_sent_close_ = false;
  bool has_received_close_ = false;
  bool has_hung_up_ = false;
};

/// "sub 1,2,3" or "unsub 1,2,3".
[[nodiscard]] OutgoingMessage request_for(const RequestBatcher::Batch& batch);

}  // namespace wsm::test
