#include "manager/truth.h"

#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "manager/test_handler.h"

namespace wsm::testing {
namespace {

constexpr std::size_t kTellMax = 10;  // More would tell nothing more.

struct Data {
  std::string topic;
  venue::Sequence sequence = 0;
};

/// {"topic":"T0001","seq":42,"ts":…}
std::optional<Data> parse(std::string_view text) {
  if (!is_data(text)) return std::nullopt;
  constexpr std::string_view kBeforeSequence = R"(","seq":)";
  const auto topic_at = std::string_view{R"({"topic":")"}.size();
  const auto topic_end = text.find(kBeforeSequence);
  Data data{.topic = std::string{text.substr(topic_at, topic_end - topic_at)}};
  const char* const begin = text.data() + topic_end + kBeforeSequence.size();
  std::from_chars(begin, text.data() + text.size(), data.sequence);
  return data;
}

}  // namespace

Inspection<std::string> inspect_data(const Message& message) {
  const auto data = parse(message.text());
  if (!data) return {.role = MessageRole::kOther};
  return {.role = MessageRole::kData,
          .subscription = data->topic,
          .numbering = {.sequence = data->sequence}};
}

std::vector<std::string> lost(const venue::Record& record, const Notes& notes) {
  std::map<std::string, std::set<venue::Sequence>> received;
  for (const Received& message : notes.messages) {
    if (const auto data = parse(message.text)) received[data->topic].insert(data->sequence);
  }
  std::vector<std::string> missing;
  for (std::uint32_t index = 0; index < record.topics().size(); ++index) {
    const venue::TopicId topic{index};
    const auto& of_topic = received[venue::topic_name(topic)];
    for (venue::Sequence sequence = 1; sequence <= record.topic(topic).published; ++sequence) {
      if (of_topic.contains(sequence) || missing.size() == kTellMax) continue;
      if (fate_of(record, topic, sequence) != venue::Fate::kSentForSure) continue;
      missing.push_back(venue::topic_name(topic) + ':' + std::to_string(sequence));
    }
  }
  return missing;
}

namespace {

template <class Key>
std::vector<std::string> out_of_step(const Notes& notes, Key key_of) {
  std::map<decltype(key_of(Received{}, Data{})), venue::Sequence> last;
  std::vector<std::string> found;
  for (const Received& message : notes.messages) {
    const auto data = parse(message.text);
    if (!data) continue;
    auto& before = last[key_of(message, *data)];
    if (before != 0 && data->sequence != before + 1 && found.size() < kTellMax) {
      found.push_back(data->topic + ": " + std::to_string(data->sequence) + " after " +
                      std::to_string(before));
    }
    before = data->sequence;
  }
  return found;
}

}  // namespace

std::vector<std::string> disordered(const Notes& notes) {
  return out_of_step(notes, [](const Received& message, const Data& data) {
    return std::tuple{message.shard, message.generation, data.topic};
  });
}

std::vector<std::string> interrupted(const Notes& notes) {
  return out_of_step(notes, [](const Received&, const Data& data) { return data.topic; });
}

}  // namespace wsm::testing
