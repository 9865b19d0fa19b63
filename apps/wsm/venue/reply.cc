#include "venue/reply.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace wsm::venue {
namespace {

namespace json = boost::json;

json::object message_of(std::string_view op, std::optional<std::int64_t> id) {
  json::object message{{"op", json::string_view{op.data(), op.size()}}};
  if (id) message["id"] = *id;
  return message;
}

}  // namespace

std::string acknowledgement(const Request& request, std::size_t count) {
  json::object message = message_of(to_string(request.operation), request.id);
  message["ok"] = true;
  message["count"] = count;
  return json::serialize(message);
}

std::string error_reply(std::optional<std::int64_t> id, std::string_view message_text) {
  json::object message = message_of("error", id);
  message["message"] = json::string_view{message_text.data(), message_text.size()};
  return json::serialize(message);
}

std::string data_message(TopicId topic, Sequence sequence, SystemTime time) {
  const auto since_1970 = time.time_since_epoch();
  return fmt::format(R"({{"topic":"{}","seq":{},"ts":{}}})", topic_name(topic), sequence,
                     std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count());
}

std::string heartbeat() { return R"({"op":"heartbeat"})"; }

std::string drain_notice(Duration left) {
  json::object message = message_of("drain", std::nullopt);
  message["ms"] = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return json::serialize(message);
}

}  // namespace wsm::venue
