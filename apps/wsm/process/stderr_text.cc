#include "process/stderr_text.h"

#include <cstdio>

namespace wsm {

void write_stderr(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace wsm
