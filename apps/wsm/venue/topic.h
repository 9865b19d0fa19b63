#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wsm/types.h>

namespace wsm::venue {

/// A topic by its place: 0 is T0001.
using TopicId = StrongType<struct TopicIdTag, std::uint32_t>;

/// The number of one message of one topic, from 1.
using Sequence = std::uint64_t;

/// Four digits name a topic, so there are no more.
inline constexpr std::size_t kTopicsMax = 9'999;

[[nodiscard]] std::string topic_name(TopicId topic);

/// The topic called `name`, if it is one of the first `count`.
[[nodiscard]] std::optional<TopicId> find_topic(std::string_view name, std::size_t count);

}  // namespace wsm::venue
