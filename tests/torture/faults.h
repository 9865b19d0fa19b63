#pragma once

#include <array>
#include <atomic>
#include <cstddef>

namespace wsm::testing {

/// Counts what the threads of the manager ask of the system, of one kind, and refuses one of it.
///
/// The functions that ask are defined in the test program, in front of those of the libraries.
class Faults {
 public:
  /// From here on they are counted, and number `fail_at` fails, the first one being 1; 0: none.
  void begin(std::size_t fail_at);
  /// Returns how many there were.
  std::size_t end();
  /// What failed, such as "setsockopt"; empty when nothing has.
  [[nodiscard]] const char* failed() const { return failed_; }
  /// Prints from where it was called.
  void print_place() const;

  /// Whether `what`, which the calling thread asks for, has to fail. Needs no memory.
  [[nodiscard]] bool strikes(const char* what);

 private:
  std::atomic<bool> is_counting_{false};
  std::atomic<std::size_t> count_{0};
  std::atomic<std::size_t> fail_at_{0};
  std::atomic<const char*> failed_{""};
  std::array<void*, 40> place_{};
  int depth_ = 0;
};

extern Faults system_calls;
extern Faults allocations;

/// Whether the allocations of OpenSSL count. Not where a certificate is to be trusted: OpenSSL
/// takes one for invalid, and for good, that it has once had no memory to read, and says nothing of
/// it. Then nobody is trusted any more.
extern std::atomic<bool> does_openssl_fail;

}  // namespace wsm::testing
