#include "process/standard_files.h"

#include <initializer_list>

#include <fcntl.h>
#include <unistd.h>

namespace wsm {
namespace {

bool is_open(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }

}  // namespace

bool hold_standard_files() {
  const bool has_stdout = is_open(STDOUT_FILENO);
  // open() gives the lowest number that is free, so these come in their order.
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (!is_open(descriptor)) (void)open("/dev/null", O_RDWR);
  }
  return has_stdout;
}

}  // namespace wsm
