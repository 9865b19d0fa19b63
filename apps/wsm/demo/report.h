#pragma once

#include <string>

#include "demo/accounting.h"
#include "demo/options.h"

namespace wsm::demo {

/// The incidents and what each cost, as a table with its heading, a line each.
[[nodiscard]] std::string incident_table(const Account& account);

/// "rebalanced: … moves in … (… proven, …)", one line; says so when it did not come to that.
[[nodiscard]] std::string rebalance_line(const Account& account);

/// "shard 2: switchover (age, proven): 400 proven, …", a line for each.
[[nodiscard]] std::string switchover_lines(const Account& account);

/// "truth: sent=… received=… lost=… duplicated=… out_of_order=… (lost belongs to: …)", one line.
[[nodiscard]] std::string truth_line(const Account& account);

/// "ledger: … lost in … gaps (…), … duplicated: …", one line: what the manager says of itself, and
/// whether that is what the venue's record and the receipts say.
[[nodiscard]] std::string ledger_line(const Account& account);

/// All of it as one JSON object in one line; demo_command.cc has its schema for --help.
[[nodiscard]] std::string json_line(const Account& account, const Plan& plan);

}  // namespace wsm::demo
