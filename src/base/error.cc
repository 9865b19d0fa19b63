#include <wsm/error.h>

namespace wsm {

std::string to_string(const DisconnectReason& reason) {
  std::string text{to_string(reason.kind)};
  if (reason.close_code) text += " with code " + std::to_string(*reason.close_code);
  if (!reason.detail.empty()) text += ": " + reason.detail;
  return text;
}

}  // namespace wsm
