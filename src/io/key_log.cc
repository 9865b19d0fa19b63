#include "io/key_log.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace wsm::io {

KeyLog::~KeyLog() {
  if (is_open()) close(file_);
}

std::string KeyLog::open(const std::string& path) {
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return is_open() ? std::string{} : std::system_category().message(errno);
}

void KeyLog::append(std::string_view line) const {
  const std::string whole = std::string{line} + "\n";
  [[maybe_unused]] const auto written = write(file_, whole.data(), whole.size());
}

}  // namespace wsm::io
