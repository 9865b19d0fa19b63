#pragma once

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/result.h>

namespace wsm::tail {

/// The topics of "a,b,c": spaces around each are dropped, and so are empty ones.
[[nodiscard]] std::vector<std::string> split_topics(std::string_view text);

/// One topic a line. Blank lines and those that begin with # are skipped; spaces and carriage
/// returns around a topic are dropped.
[[nodiscard]] std::vector<std::string> read_topics(std::istream& lines);

/// The topics of the file `name`, or of stdin when `name` is "-". Errors: in words.
[[nodiscard]] Result<std::vector<std::string>, std::string> read_topics_file(
    const std::string& name);

/// Drops the repeated ones and keeps the order. Errors: the first that is not UTF-8, since no
/// request could carry it.
[[nodiscard]] Result<std::vector<std::string>, std::string> check_topics(
    std::vector<std::string> topics);

}  // namespace wsm::tail
