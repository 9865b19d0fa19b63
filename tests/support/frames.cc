#include "support/frames.h"

#include <gtest/gtest.h>

namespace wsm::test {

std::ostream& operator<<(std::ostream& out, const ClientFrame& frame) {
  return out << to_string(frame.opcode) << ' ' << ::testing::PrintToString(frame.payload);
}

std::vector<ClientFrame> take_client_frames(std::string& bytes, bool may_compress) {
  std::vector<ClientFrame> frames;
  std::string_view left = bytes;
  std::string_view fault;
  while (auto frame = take_client_frame(left, fault)) {
    EXPECT_TRUE(may_compress || frame->form == PayloadForm::kPlain);
    frames.push_back(*std::move(frame));
  }
  EXPECT_EQ(fault, "");
  bytes.erase(0, bytes.size() - left.size());
  return frames;
}

}  // namespace wsm::test
