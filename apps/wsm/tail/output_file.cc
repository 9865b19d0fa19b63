#include "tail/output_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <ctime>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace wsm::tail {
namespace {

bool is_regular(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

OutputFile::OutputFile(int descriptor)
    : descriptor_(descriptor),
      cancelled_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      is_terminal_(isatty(descriptor) == 1),
      is_regular_file_(is_regular(descriptor)) {}

OutputFile::~OutputFile() { close(cancelled_); }

Result<void, OutputError> OutputFile::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t piece = bytes.size();
    if (!is_regular_file_) {
      const auto room = wait_for_room();
      if (!room) return room;
      // A pipe that poll() calls writable takes this much without waiting, so that a reader who
      // stops reading cannot keep the program from ending.
      piece = std::min<std::size_t>(piece, PIPE_BUF);
    }
    const ssize_t written = write(descriptor_, bytes.data(), piece);
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return Failure{OutputError{OutputFault::kReaderGone}};
    } else if (errno != EINTR && errno != EAGAIN) {
      return Failure{OutputError{OutputFault::kFailed, errno}};
    }
  }
  return {};
}

// Every close() asks the file system, also that of a copy; the descriptor itself is not ours.
Result<void, OutputError> OutputFile::check_written() const {
  const int copy = fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  if (copy < 0 || close(copy) == 0 || errno == EINTR) return {};
  return Failure{OutputError{OutputFault::kFailed, errno}};
}

Result<void, OutputError> OutputFile::wait_for_room() const {
  std::array<pollfd, 2> waits{{{descriptor_, POLLOUT, 0}, {cancelled_, POLLIN, 0}}};
  while (poll(waits.data(), waits.size(), -1) < 0) {
    if (errno != EINTR) return Failure{OutputError{OutputFault::kFailed, errno}};
  }
  // A stop may take as long as the timer; what need not wait is written all the same.
  if (waits[0].revents != 0) return {};
  return Failure{OutputError{OutputFault::kCancelled}};
}

void OutputFile::cancel_after(Duration delay) {
  constexpr Duration kShortest{1};  // Zero would switch the timer off.
  delay = std::max(delay, kShortest);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(delay);
  itimerspec setting{};
  setting.it_value.tv_sec = static_cast<std::time_t>(seconds.count());
  setting.it_value.tv_nsec = static_cast<long>((delay - seconds).count());
  timerfd_settime(cancelled_, 0, &setting, nullptr);
}

}  // namespace wsm::tail
