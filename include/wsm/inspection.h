#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsm {

/// What a message is to the manager.
enum class MessageRole : std::uint8_t {
  kUndecided,        ///< Let is_heartbeat and is_data_message say.
  kData,             ///< What the feed is for; proves that it lives.
  kHeartbeat,        ///< Only says that the server is there.
  kAcknowledgement,  ///< A request was granted.
  kRejection,        ///< A request, or a part of it, was refused.
  kDrainNotice,      ///< The server is going to close: replace this connection.
  kOther,            ///< Nothing of these.
};

[[nodiscard]] constexpr std::string_view to_string(MessageRole role) {
  switch (role) {
    case MessageRole::kUndecided: return "undecided";
    case MessageRole::kData: return "data";
    case MessageRole::kHeartbeat: return "heartbeat";
    case MessageRole::kAcknowledgement: return "acknowledgement";
    case MessageRole::kRejection: return "rejection";
    case MessageRole::kDrainNotice: return "drain notice";
    case MessageRole::kOther: return "other";
  }
  return "unknown";
}

/// Where the numbers of a subscription's messages come from.
enum class NumberingScope : std::uint8_t {
  kFeed,        ///< The feed's own: the same message has the same number on every connection.
  kConnection,  ///< Each connection counts anew, from its first message of the subscription.
};

[[nodiscard]] constexpr std::string_view to_string(NumberingScope scope) {
  switch (scope) {
    case NumberingScope::kFeed: return "feed";
    case NumberingScope::kConnection: return "connection";
  }
  return "unknown";
}

/// The place of a message among those of its subscription. With it every loss is seen and counted;
/// docs/ledger.md has what is made of it.
struct Numbering {
  /// The number of the message. Each is one more than that of the message before, unless the feed
  /// chains them by `previous`.
  std::optional<std::uint64_t> sequence = {};
  /// The number of the message before, of a feed whose numbers are not consecutive.
  std::optional<std::uint64_t> previous = {};
  /// The message is whole without those before it, as a snapshot is: the numbers begin anew.
  bool restarts = false;
  NumberingScope scope = NumberingScope::kFeed;
  /// Where there is no number of the feed: what the message has in common with its copies on other
  /// connections and with no other message, such as the id of a trade, or a hash of it. Without it
  /// copies are recognised by their payload, and only while two connections bring them.
  std::optional<std::uint64_t> key = {};

  friend bool operator==(const Numbering&, const Numbering&) = default;
};

/// What inspect() found in one message. Leave out what the feed does not say.
template <class Subscription>
struct Inspection {
  MessageRole role = MessageRole::kUndecided;

  /// kData: whose it is. kAcknowledgement, kRejection: the one that the answer is about, if it is
  /// about one.
  std::optional<Subscription> subscription = {};

  /// kData, if there is a `subscription`: where in it the message stands.
  Numbering numbering = {};

  /// kAcknowledgement, kRejection: which request is answered, as it was given to
  /// OutgoingMessage::with_request().
  std::optional<std::uint64_t> request = {};

  /// Of a request that was granted in part: what was not.
  std::vector<Subscription> rejected = {};

  /// kRejection, and for `rejected`: asking again later may help. Otherwise the refusal is final,
  /// until the subscription is ended and asked for anew.
  bool may_retry = false;

  std::string detail = {};  ///< The server's words, for subscription_status().

  /// kDrainNotice: the URL at which the server wants us from now on, if it names one. The next
  /// attempt goes there, once; the one after it where url or urls says. Never from wss to ws.
  std::string next_url = {};
};

}  // namespace wsm
