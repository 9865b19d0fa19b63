#include <wsm/version.h>

namespace wsm {

std::string_view version() { return WSM_VERSION; }

}  // namespace wsm
