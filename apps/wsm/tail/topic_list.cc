#include "tail/topic_list.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <unordered_set>

#include <fmt/format.h>
#include <simdjson.h>

namespace wsm::tail {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

std::vector<std::string> split_topics(std::string_view text) {
  std::vector<std::string> topics;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view topic = trimmed(text.substr(0, comma));
    if (!topic.empty()) topics.emplace_back(topic);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return topics;
}

std::vector<std::string> read_topics(std::istream& lines) {
  std::vector<std::string> topics;
  std::string line;
  while (std::getline(lines, line)) {
    const std::string_view topic = trimmed(line);
    if (!topic.empty() && topic.front() != '#') topics.emplace_back(topic);
  }
  return topics;
}

Result<std::vector<std::string>, std::string> read_topics_file(const std::string& name) {
  if (name == "-") return read_topics(std::cin);
  std::error_code ignored;
  if (std::filesystem::is_directory(name, ignored)) {
    return Failure{fmt::format("'{}' is a directory, not a file of topics", name)};
  }
  std::ifstream file{name};
  if (!file) return Failure{fmt::format("cannot read '{}': {}", name, std::strerror(errno))};
  return read_topics(file);
}

Result<std::vector<std::string>, std::string> check_topics(std::vector<std::string> topics) {
  std::vector<std::string> distinct;
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (!simdjson::validate_utf8(topics[i].data(), topics[i].size())) {
      return Failure{fmt::format("topic {} is not UTF-8", i + 1)};
    }
    if (seen.insert(topics[i]).second) distinct.push_back(std::move(topics[i]));
  }
  return distinct;
}

}  // namespace wsm::tail
