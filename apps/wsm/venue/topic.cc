#include "venue/topic.h"

#include <charconv>

#include <fmt/format.h>

namespace wsm::venue {

std::string topic_name(TopicId topic) { return fmt::format("T{:04}", topic.value() + 1); }

std::optional<TopicId> find_topic(std::string_view name, std::size_t count) {
  if (name.size() != 5 || name.front() != 'T') return std::nullopt;
  const char* const end = name.data() + name.size();
  std::uint32_t number = 0;
  const auto [stopped_at, error] = std::from_chars(name.data() + 1, end, number);
  if (error != std::errc{} || stopped_at != end) return std::nullopt;
  if (number == 0 || number > count) return std::nullopt;
  return TopicId{number - 1};
}

}  // namespace wsm::venue
