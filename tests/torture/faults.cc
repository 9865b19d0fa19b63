#include "torture/faults.h"

#include <execinfo.h>
#include <unistd.h>

#include "torture/manager_threads.h"

namespace wsm::testing {

constinit Faults system_calls;
constinit Faults allocations;
constinit std::atomic<bool> does_openssl_fail{false};

void Faults::begin(std::size_t fail_at) {
  count_ = 0;
  fail_at_ = fail_at;
  failed_ = "";
  depth_ = 0;
  is_counting_ = true;
}

std::size_t Faults::end() {
  is_counting_ = false;
  return count_;
}

void Faults::print_place() const { ::backtrace_symbols_fd(place_.data(), depth_, STDOUT_FILENO); }

bool Faults::strikes(const char* what) {
  if (!is_counting_ || !works_for_manager()) return false;
  if (++count_ != fail_at_) return false;
  depth_ = ::backtrace(place_.data(), static_cast<int>(place_.size()));
  failed_ = what;
  return true;
}

}  // namespace wsm::testing
