#pragma once

#include <string>
#include <string_view>

namespace wsm::io {

/// A file that is appended to line by line, each in one call, so that several processes can share
/// it. Readable for its owner only. Threads: any.
class KeyLog {
 public:
  KeyLog() = default;
  ~KeyLog();
  KeyLog(const KeyLog&) = delete;
  KeyLog& operator=(const KeyLog&) = delete;

  /// Returns why it cannot be written; empty if it can.
  [[nodiscard]] std::string open(const std::string& path);
  [[nodiscard]] bool is_open() const { return file_ >= 0; }
  /// A full disk is no reason to lose a connection: what does not fit is not there.
  void append(std::string_view line) const;

 private:
  int file_ = -1;
};

}  // namespace wsm::io
