// The program in the README is the example that the tests build and run.

#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>

namespace {

std::string read(const std::string& path) {
  std::ifstream file{WSM_SOURCE_DIR "/" + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// What stands in the first block of C++.
std::string first_program(const std::string& text) {
  const std::string begin = "```cpp\n";
  const auto from = text.find(begin);
  if (from == std::string::npos) return {};
  const auto to = text.find("```", from + begin.size());
  return text.substr(from + begin.size(), to - from - begin.size());
}

TEST(ReadmeTest, ShowsTheQuickStartAsItIsBuilt) {
  EXPECT_EQ(first_program(read("README.md")), read("examples/1_quick_start.cc"));
}

}  // namespace
