#include <wsm/error.h>

#include "base/printable.h"

namespace wsm {

std::string to_string(const DisconnectReason& reason) {
  std::string text{to_string(reason.kind)};
  if (reason.close_code) text += " with code " + std::to_string(*reason.close_code);
  if (!reason.detail.empty()) text += ": " + printable(reason.detail);
  return text;
}

}  // namespace wsm
