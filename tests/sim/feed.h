#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/detail/subscription_id.h>

namespace wsm::sim {

/// What client and venue say to each other: short, since a world has millions of them.
///
///   S 12 3,4,5   subscribe, request 12, topics 3, 4 and 5      U 13 3   unsubscribe
///   A 12         request 12 is done                            T 12 3   topic 3 of it is
///   A 12 3,4     12 is done but for topics 3 and 4, for good   P 12 3,4 the same, for now
///   R 12 3       topic 3 of it is refused for now              F 12 3   and for good
///   D 3 17       message 17 of topic 3         H   heartbeat
///   D 3 17 5     the same, whose number is 5   D 3 17 52 40  and the one before is number 40
///   W …          the same, which needs nothing that was before it
///   C 3 17 5     the same, which is the fifth on its connection
///   G            I am going to close           G ws://b.sim/   go there

using Topic = SubscriptionId;
using Sequence = std::uint64_t;

struct Request {
  bool is_subscribe = true;
  std::uint64_t id = 0;
  std::vector<Topic> topics;
};

struct FeedMessage {
  enum class Kind : std::uint8_t {
    kData,
    kAck,
    kAckInPart,
    kTopicAck,
    kReject,
    kFinalReject,
    kHeartbeat,
    kDrain,
  };
  Kind kind = Kind::kHeartbeat;
  std::uint64_t request = 0;
  Topic topic{};
  Sequence sequence =
      0;  ///< The truth. The application sees it as the number, if there is no other.
  std::optional<std::uint64_t> number = {};
  std::optional<std::uint64_t> previous = {};  ///< Number of the message before.
  bool is_whole = false;                       ///< Needs nothing that was before it: a snapshot.
  bool is_of_connection = false;               ///< Its number is.
  std::vector<Topic> rejected = {};            ///< Of a request that was granted in part.
  std::string url = {};  ///< Where who drains is wanted, if the venue says so.
};

[[nodiscard]] std::string encode(const Request& request);
[[nodiscard]] std::optional<Request> parse_request(std::string_view text);
[[nodiscard]] std::string encode(const FeedMessage& message);
[[nodiscard]] std::optional<FeedMessage> parse_feed_message(std::string_view text);

}  // namespace wsm::sim
