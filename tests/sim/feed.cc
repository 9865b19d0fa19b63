#include "sim/feed.h"

#include <charconv>

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

}  // namespace

std::string encode(const Request& request) {
  std::string text = (request.is_subscribe ? "S " : "U ") + std::to_string(request.id) + ' ';
  for (const Topic topic : request.topics) text += std::to_string(topic.value()) + ',';
  text.pop_back();
  return text;
}

std::optional<Request> parse_request(std::string_view text) {
  if (!text.starts_with("S ") && !text.starts_with("U ")) return std::nullopt;
  Request request{.is_subscribe = text.front() == 'S', .id = 0, .topics = {}};
  text.remove_prefix(2);
  const auto id = take_number(text);
  if (!id) return std::nullopt;
  request.id = *id;
  while (!text.empty()) {
    const auto topic = take_number(text);
    if (!topic) return std::nullopt;
    request.topics.emplace_back(static_cast<Topic::rep>(*topic));
  }
  return request;
}

std::string encode(const FeedMessage& message) {
  using Kind = FeedMessage::Kind;
  const std::string topic = std::to_string(message.topic.value());
  switch (message.kind) {
    case Kind::kData: return "D " + topic + ' ' + std::to_string(message.sequence);
    case Kind::kAck: return "A " + std::to_string(message.request);
    case Kind::kReject: return "R " + std::to_string(message.request) + ' ' + topic;
    case Kind::kHeartbeat: return "H";
    case Kind::kDrain: return "G";
  }
  return {};
}

std::optional<FeedMessage> parse_feed_message(std::string_view text) {
  using Kind = FeedMessage::Kind;
  if (text == "H") return FeedMessage{};
  if (text == "G") return FeedMessage{.kind = Kind::kDrain};
  if (text.size() < 3) return std::nullopt;
  const char letter = text.front();
  text.remove_prefix(2);
  const auto first = take_number(text);
  if (!first) return std::nullopt;
  if (letter == 'A') return FeedMessage{.kind = Kind::kAck, .request = *first};
  const auto second = take_number(text);
  if (!second) return std::nullopt;
  if (letter == 'D') {
    return FeedMessage{
        .kind = Kind::kData, .topic = Topic{static_cast<Topic::rep>(*first)}, .sequence = *second};
  }
  if (letter != 'R') return std::nullopt;
  return FeedMessage{
      .kind = Kind::kReject, .request = *first, .topic = Topic{static_cast<Topic::rep>(*second)}};
}

}  // namespace wsm::sim
