#pragma once

#include <mutex>
#include <string_view>

#include "tail/progress.h"

namespace wsm::tail {

/// Writes lines for people to stderr, in colours where that is a terminal which wants them (see
/// https://no-color.org). Threads: any.
class StatusOutput {
 public:
  StatusOutput(bool is_quiet, bool is_uncoloured);

  /// Progress; nothing when quiet.
  void report(const ProgressLine& line);

  /// What must be known even when quiet: why the run failed. Its lines are
  /// written as printable_text().
  void complain(std::string_view text);

 private:
  void write(std::string_view text);

  const bool is_quiet_;
  const bool is_coloured_;
  std::mutex mutex_;
};

}  // namespace wsm::tail
