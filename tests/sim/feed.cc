#include "sim/feed.h"

#include <charconv>
#include <utility>

namespace wsm::sim {
namespace {

/// Takes a number off the front of `text`, and the one character behind it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return number;
}

/// As in "3,4,5"; none when there is anything else.
std::optional<std::vector<Topic>> parse_topics(std::string_view text) {
  std::vector<Topic> topics;
  while (!text.empty()) {
    const auto topic = take_number(text);
    if (!topic) return std::nullopt;
    topics.emplace_back(static_cast<Topic::rep>(*topic));
  }
  return topics;
}

/// Each behind `separator`, and then a comma.
std::string encode(const std::vector<Topic>& topics, char separator) {
  std::string text;
  for (const Topic topic : topics) {
    text += std::exchange(separator, ',');
    text += std::to_string(topic.value());
  }
  return text;
}

/// Of messages that name a topic, a request, or both: the kind, by its letter.
std::optional<FeedMessage::Kind> kind_of(char letter) {
  using Kind = FeedMessage::Kind;
  switch (letter) {
    case 'A': return Kind::kAck;
    case 'P': return Kind::kAckInPart;
    case 'C':
    case 'D':
    case 'W': return Kind::kData;
    case 'F': return Kind::kFinalReject;
    case 'R': return Kind::kReject;
    case 'T': return Kind::kTopicAck;
    default: return std::nullopt;
  }
}

std::string encode_data(const FeedMessage& message, const std::string& topic) {
  std::string text = message.is_of_connection ? "C " : message.is_whole ? "W " : "D ";
  text += topic + ' ' + std::to_string(message.sequence);
  for (const auto& number : {message.number, message.previous}) {
    if (number) text += ' ' + std::to_string(*number);
  }
  return text;
}

FeedMessage make_data(char letter, std::uint64_t topic, Sequence sequence, std::string_view rest) {
  FeedMessage data{.kind = FeedMessage::Kind::kData,
                   .topic = Topic{static_cast<Topic::rep>(topic)},
                   .sequence = sequence,
                   .is_whole = letter == 'W',
                   .is_of_connection = letter == 'C'};
  data.number = take_number(rest);
  data.previous = take_number(rest);
  return data;
}

}  // namespace

std::string encode(const Request& request) {
  return (request.is_subscribe ? "S " : "U ") + std::to_string(request.id) +
         encode(request.topics, ' ');
}

std::optional<Request> parse_request(std::string_view text) {
  if (!text.starts_with("S ") && !text.starts_with("U ")) return std::nullopt;
  Request request{.is_subscribe = text.front() == 'S', .id = 0, .topics = {}};
  text.remove_prefix(2);
  const auto id = take_number(text);
  if (!id) return std::nullopt;
  request.id = *id;
  auto topics = parse_topics(text);
  if (!topics) return std::nullopt;
  request.topics = *std::move(topics);
  return request;
}

std::string encode(const FeedMessage& message) {
  using Kind = FeedMessage::Kind;
  const std::string topic = std::to_string(message.topic.value());
  const std::string request = std::to_string(message.request);
  switch (message.kind) {
    case Kind::kData: return encode_data(message, topic);
    case Kind::kAck: return "A " + request + encode(message.rejected, ' ');
    case Kind::kAckInPart: return "P " + request + encode(message.rejected, ' ');
    case Kind::kTopicAck: return "T " + request + ' ' + topic;
    case Kind::kReject: return "R " + request + ' ' + topic;
    case Kind::kFinalReject: return "F " + request + ' ' + topic;
    case Kind::kHeartbeat: return "H";
    case Kind::kDrain: return message.url.empty() ? "G" : "G " + message.url;
  }
  return {};
}

std::optional<FeedMessage> parse_feed_message(std::string_view text) {
  using Kind = FeedMessage::Kind;
  if (text == "H") return FeedMessage{};
  if (text == "G") return FeedMessage{.kind = Kind::kDrain};
  if (text.starts_with("G "))
    return FeedMessage{.kind = Kind::kDrain, .url = std::string{text.substr(2)}};
  const char letter = text.empty() ? '\0' : text.front();
  const auto kind = text.size() < 3 ? std::nullopt : kind_of(letter);
  if (!kind) return std::nullopt;
  text.remove_prefix(2);
  const auto first = take_number(text);
  if (!first) return std::nullopt;
  if (*kind == Kind::kAck || *kind == Kind::kAckInPart) {
    auto rejected = parse_topics(text);
    if (!rejected) return std::nullopt;
    return FeedMessage{.kind = *kind, .request = *first, .rejected = *std::move(rejected)};
  }
  const auto second = take_number(text);
  if (!second) return std::nullopt;
  if (*kind == Kind::kData) return make_data(letter, *first, *second, text);
  return FeedMessage{
      .kind = *kind, .request = *first, .topic = Topic{static_cast<Topic::rep>(*second)}};
}

}  // namespace wsm::sim
