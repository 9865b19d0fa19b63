#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <wsm/message.h>
#include <wsm/result.h>
#include <wsm/types.h>

#include "tail/message_line.h"
#include "tail/output_file.h"

namespace wsm::tail {

/// Writes messages as lines to stdout: in large blocks where they come fast, at once where they
/// come one by one, and never later than kLongestDelay.
///
/// A reader who is too slow makes append() wait. Threads: any.
class MessageWriter {
 public:
  static constexpr std::chrono::milliseconds kLongestDelay{50};

  MessageWriter(int descriptor, MessageLine line);
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;
  ~MessageWriter();

  /// Takes one message. Errors: those of any write so far; the message is dropped then.
  Result<void, OutputError> append(const Message& message, const MessageOrigin& origin);

  /// Takes a line that is no message, without its newline. Errors: those of append().
  Result<void, OutputError> append_line(std::string_view text);

  /// Writes what is left and ends the thread. Waits for the reader until cancel_after() has passed.
  Result<void, OutputError> close();

  /// Gives up, in `delay` from now, what the reader does not take at once.
  void cancel_after(Duration delay) { file_.cancel_after(delay); }

 private:
  using Clock = std::chrono::steady_clock;

  // All with mutex_ held.
  void write_out();
  [[nodiscard]] Result<void, OutputError> outcome() const;

  void flush_in_time();  // The thread.

  OutputFile file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  MessageLine line_;
  std::string block_;
  std::optional<OutputError> error_;
  Clock::time_point last_write_{};
  bool is_closing_ = false;
  std::thread flusher_;  // Last: it uses all of the above.
};

}  // namespace wsm::tail
