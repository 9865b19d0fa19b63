#include "tail/message_writer.h"

#include <utility>

namespace wsm::tail {
namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;

}  // namespace

MessageWriter::MessageWriter(int descriptor, MessageLine line)
    : file_(descriptor), line_(std::move(line)), flusher_([this] { flush_in_time(); }) {}

MessageWriter::~MessageWriter() {
  cancel_after(Duration::zero());
  (void)close();
}

Result<void, OutputError> MessageWriter::append(const Message& message,
                                                const MessageOrigin& origin) {
  const std::lock_guard lock{mutex_};
  if (error_) return outcome();
  const bool was_empty = block_.empty();
  line_.append(block_, message, origin);
  const bool is_full = block_.size() >= kBlockBytes;
  if (is_full || file_.is_terminal() || Clock::now() - last_write_ >= kLongestDelay) {
    write_out();
  } else if (was_empty) {
    changed_.notify_one();
  }
  return outcome();
}

Result<void, OutputError> MessageWriter::append_line(std::string_view text) {
  const std::lock_guard lock{mutex_};
  if (error_) return outcome();
  block_ += text;
  block_ += '\n';
  write_out();
  return outcome();
}

Result<void, OutputError> MessageWriter::close() {
  {
    const std::lock_guard lock{mutex_};
    is_closing_ = true;
    changed_.notify_one();
  }
  if (flusher_.joinable()) flusher_.join();
  const std::lock_guard lock{mutex_};
  write_out();
  if (error_) return outcome();
  return file_.check_written();
}

void MessageWriter::flush_in_time() {
  std::unique_lock lock{mutex_};
  while (!is_closing_) {
    changed_.wait(lock, [this] { return is_closing_ || !block_.empty(); });
    changed_.wait_for(lock, kLongestDelay, [this] { return is_closing_; });
    write_out();
  }
}

void MessageWriter::write_out() {
  if (!block_.empty() && !error_) {
    const auto written = file_.write_all(block_);
    if (!written) error_ = written.error();
  }
  block_.clear();
  last_write_ = Clock::now();
}

Result<void, OutputError> MessageWriter::outcome() const {
  if (error_) return Failure{*error_};
  return {};
}

}  // namespace wsm::tail
