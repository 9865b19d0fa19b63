#include "tail/status_output.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "process/stderr_text.h"
#include "tail/printable_text.h"

namespace wsm::tail {
namespace {

bool wants_colour() {
  if (isatty(STDERR_FILENO) != 1) return false;
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* const terminal = std::getenv("TERM");
  return terminal == nullptr || std::string_view{terminal} != "dumb";
}

}  // namespace

StatusOutput::StatusOutput(bool is_quiet, bool is_uncoloured)
    : is_quiet_(is_quiet), is_coloured_(!is_uncoloured && wants_colour()) {}

void StatusOutput::report(const ProgressLine& line) {
  if (!is_quiet_) write(render(line, is_coloured_));
}

void StatusOutput::complain(std::string_view text) {
  std::string lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (begin > 0) lines += '\n';
    lines += printable_text(text.substr(begin, end - begin));
    begin = end + 1;
  }
  write(lines);
}

void StatusOutput::write(std::string_view text) {
  const std::string line = fmt::format("wsm: {}\n", text);
  const std::lock_guard lock{mutex_};
  write_stderr(line);
}

}  // namespace wsm::tail
