#pragma once

#include <cstddef>
#include <string>

namespace wsm::testing {

/// Makes one system call of the library fail: the functions of libc that make it are defined in the
/// test program, in front of libc's own.
///
/// What counts as the library's are the calls of the threads that come to be behind begin(), and
/// those of the calling thread while an OnBehalf lives.
class SystemCalls {
 public:
  /// From here on they are counted, and number `fail_at` fails, the first one being 1; 0: none.
  static void begin(std::size_t fail_at);
  /// Returns how many there were.
  static std::size_t end();
  /// What failed, such as "setsockopt"; empty when nothing has.
  static std::string failed();

  class OnBehalf {
   public:
    OnBehalf();
    ~OnBehalf();
    OnBehalf(const OnBehalf&) = delete;
    OnBehalf& operator=(const OnBehalf&) = delete;
  };
};

}  // namespace wsm::testing
