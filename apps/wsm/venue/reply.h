#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "venue/request.h"
#include "venue/topic.h"

namespace wsm::venue {

/// Everything that the venue ever says, one function a kind of message.

/// {"op":"subscribe","id":7,"ok":true,"count":200}; `count` is what the connection has from now on.
[[nodiscard]] std::string acknowledgement(const Request& request, std::size_t count);

/// {"op":"error","id":7,"message":"…"}
[[nodiscard]] std::string error_reply(std::optional<std::int64_t> id, std::string_view message);

/// {"topic":"T0001","seq":42,"ts":1767225600000000}; `ts` counts microseconds since 1970.
[[nodiscard]] std::string data_message(TopicId topic, Sequence sequence, SystemTime time);

/// {"op":"heartbeat"}
[[nodiscard]] std::string heartbeat();

/// {"op":"drain","ms":3000}; the connection is going to be closed in so many milliseconds.
[[nodiscard]] std::string drain_notice(Duration left);

}  // namespace wsm::venue
