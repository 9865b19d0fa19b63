// The tables of transitions in docs/architecture.md are those of the code.

#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/connection/status.h"
#include "core/recovery/circuit_status.h"
#include "core/recovery/verdict_tables.h"
#include "core/shard/shard_status.h"
#include "core/switchover/phase.h"

namespace wsm {
namespace {

using ::testing::ElementsAreArray;
using ::testing::SizeIs;

/// The rows behind the mark `<!-- table: name -->` in docs/`document`, without the two of the head.
std::vector<std::string> documented_rows(const std::string& name,
                                         const std::string& document = "architecture.md") {
  std::ifstream file{WSM_SOURCE_DIR "/docs/" + document};
  std::vector<std::string> rows;
  std::string line;
  while (std::getline(file, line) && line != "<!-- table: " + name + " -->") continue;
  while (std::getline(file, line) && line.starts_with('|')) rows.push_back(line);
  if (rows.size() >= 2) rows.erase(rows.begin(), rows.begin() + 2);
  return rows;
}

template <class Table>
std::vector<std::string> coded_rows(const Table& table) {
  std::vector<std::string> rows;
  for (const auto& move : table) {
    std::ostringstream row;
    row << "| " << to_string(move.from) << " | " << to_string(move.to) << " | " << move.cause
        << " |";
    rows.push_back(row.str());
  }
  return rows;
}

std::string coded_row(std::string_view what, RetryVerdict verdict, std::string_view why) {
  std::ostringstream row;
  row << "| " << what << " | " << to_string(verdict) << " | " << why << " |";
  return row.str();
}

std::vector<std::string> number_rows(std::span<const NumberVerdict> table) {
  std::vector<std::string> rows;
  for (const auto& [first, last, verdict, why] : table) {
    std::string numbers = std::to_string(first);
    if (last != first) numbers += " to " + std::to_string(last);
    rows.push_back(coded_row(numbers, verdict, why));
  }
  return rows;
}

TEST(DocumentedTablesTest, OfVerdictsAreThoseOfTheCode) {
  std::vector<std::string> kinds;
  for (const auto& [kind, verdict, why] : kKindVerdicts) {
    kinds.push_back(coded_row(to_string(kind), verdict, why));
  }
  EXPECT_THAT(documented_rows("kinds", "recovery.md"), ElementsAreArray(kinds));
  EXPECT_THAT(documented_rows("statuses", "recovery.md"),
              ElementsAreArray(number_rows(kStatusVerdicts)));
  EXPECT_THAT(documented_rows("close codes", "recovery.md"),
              ElementsAreArray(number_rows(kCloseVerdicts)));
}

TEST(DocumentedTablesTest, OfCircuitBreakersAreThoseOfTheCode) {
  EXPECT_THAT(documented_rows("circuit breaker", "recovery.md"),
              ElementsAreArray(coded_rows(kCircuitTransitions)));
}

TEST(DocumentedTablesTest, OfConnectionsAreThoseOfTheCode) {
  EXPECT_THAT(documented_rows("connection"), ElementsAreArray(coded_rows(kConnectionTransitions)));
}

TEST(DocumentedTablesTest, OfShardsAreThoseOfTheCode) {
  EXPECT_THAT(documented_rows("shard"), ElementsAreArray(coded_rows(kShardTransitions)));
}

TEST(DocumentedTablesTest, OfSwitchoversAreThoseOfTheCode) {
  EXPECT_THAT(documented_rows("switchover"), ElementsAreArray(coded_rows(kSwitchoverTransitions)));
}

TEST(DocumentedTablesTest, AreMissedWhenTheyAreNotThere) {
  EXPECT_THAT(documented_rows("no such table"), SizeIs(0));
}

}  // namespace
}  // namespace wsm
