// The metrics in docs/metrics.md are those of include/wsm/metrics.h.

#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace wsm {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> lines_of(const char* path) {
  std::ifstream file{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The names of the table behind the mark `<!-- metrics: name -->`.
std::vector<std::string> documented_names(const std::string& structure) {
  std::vector<std::string> names;
  bool is_inside = false;
  for (const std::string& line : lines_of(WSM_SOURCE_DIR "/docs/metrics.md")) {
    if (line == "<!-- metrics: " + structure + " -->") {
      is_inside = true;
    } else if (is_inside && !line.starts_with('|')) {
      break;
    } else if (is_inside && line.starts_with("| `")) {
      names.push_back(line.substr(3, line.find('`', 3) - 3));
    }
  }
  return names;
}

/// The fields of `struct name`, without its functions.
std::vector<std::string> coded_names(const std::string& structure) {
  const std::regex field{R"(^  [\w:<>]+(?: [\w:<>]+)* (\w+)(?: = [^;]+)?;.*|^  [\w:]+ (\w+) =$)"};
  std::vector<std::string> names;
  bool is_inside = false;
  for (const std::string& line : lines_of(WSM_SOURCE_DIR "/include/wsm/metrics.h")) {
    std::smatch match;
    if (line == "struct " + structure + " {") {
      is_inside = true;
    } else if (line == "};") {
      is_inside = false;
    } else if (is_inside && std::regex_match(line, match, field)) {
      names.push_back(match[1].matched ? match[1] : match[2]);
    }
  }
  return names;
}

class DocumentedMetricsTest : public ::testing::TestWithParam<std::string> {};

TEST_P(DocumentedMetricsTest, AreThoseOfTheCodeInTheirOrder) {
  EXPECT_THAT(coded_names(GetParam()), Not(IsEmpty()));
  EXPECT_THAT(documented_names(GetParam()), ElementsAreArray(coded_names(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Structs, DocumentedMetricsTest,
                         ::testing::Values("Counters", "MetricsSnapshot", "SubscriptionCounts",
                                           "ShardMetrics"),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace wsm
