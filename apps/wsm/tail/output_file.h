#pragma once

#include <cstdint>
#include <string_view>

#include <wsm/result.h>
#include <wsm/types.h>

namespace wsm::tail {

/// Why nothing more can be written.
enum class OutputFault : std::uint8_t {
  kReaderGone,  ///< The other end of the pipe was closed, as head does when it has enough.
  kCancelled,   ///< Nobody reads, and the deadline is over.
  kFailed,      ///< Anything else, a full disk for one.
};

[[nodiscard]] constexpr std::string_view to_string(OutputFault fault) {
  switch (fault) {
    case OutputFault::kReaderGone: return "reader gone";
    case OutputFault::kCancelled: return "cancelled";
    case OutputFault::kFailed: return "failed";
  }
  return "unknown";
}

struct OutputError {
  OutputFault fault;
  int error_number = 0;  ///< The errno of kFailed.
};

/// Writes to a file descriptor that somebody else opened, in a way that can be called off.
///
/// SIGPIPE must be ignored. Threads: write_all() from one at a time; cancel_after() from any.
class OutputFile {
 public:
  explicit OutputFile(int descriptor);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Returns when all of `bytes` are written. Waits for the reader, however slow.
  Result<void, OutputError> write_all(std::string_view bytes);

  /// Errors: what the file system has put off until the end, as NFS does with a full disk.
  [[nodiscard]] Result<void, OutputError> check_written() const;

  /// From `delay` on, a write_all() that would have to wait for the reader fails.
  void cancel_after(Duration delay);

  [[nodiscard]] bool is_terminal() const { return is_terminal_; }

 private:
  [[nodiscard]] Result<void, OutputError> wait_for_room() const;

  int descriptor_;
  int cancelled_;  // A timerfd; readable from its deadline on.
  bool is_terminal_;
  bool is_regular_file_;  // Never waits for a reader.
};

}  // namespace wsm::tail
