// The diagram in docs/switchover.md is drawn from the table of the code.

#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>

#include "core/switchover/phase.h"

namespace wsm {
namespace {

using ::testing::IsEmpty;

/// What stands behind the mark `<!-- diagram: name -->` in docs/`document`, up to the end of the
/// block.
std::string documented_diagram(const std::string& name, const std::string& document) {
  std::ifstream file{WSM_SOURCE_DIR "/docs/" + document};
  std::string line;
  while (std::getline(file, line) && line != "<!-- diagram: " + name + " -->") continue;
  std::string diagram;
  while (std::getline(file, line)) {
    diagram += line + '\n';
    if (line == "```") break;
  }
  return diagram;
}

/// In the language of Mermaid. It begins and ends in the first phase of the table.
template <class Table>
std::string coded_diagram(const Table& table) {
  std::ostringstream diagram;
  diagram << "```mermaid\nstateDiagram-v2\n";
  diagram << "  [*] --> " << to_string(table.front().from) << '\n';
  for (const auto& move : table) {
    diagram << "  " << to_string(move.from) << " --> " << to_string(move.to) << ": " << move.cause
            << '\n';
  }
  diagram << "```\n";
  return diagram.str();
}

TEST(DocumentedDiagramTest, OfSwitchoversIsDrawnFromTheTableOfTheCode) {
  const std::string expected = coded_diagram(kSwitchoverTransitions);
  EXPECT_EQ(documented_diagram("switchover", "switchover.md"), expected)
      << "docs/switchover.md has to have this behind its mark:\n"
      << expected;
}

TEST(DocumentedDiagramTest, IsMissedWhenItIsNotThere) {
  EXPECT_THAT(documented_diagram("no such diagram", "switchover.md"), IsEmpty());
}

}  // namespace
}  // namespace wsm
