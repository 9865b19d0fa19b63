#include <string>

#include <gtest/gtest.h>

#include <wsm/error.h>

namespace wsm {
namespace {

TEST(ErrorTest, ReadsAsCodeAndDetail) {
  EXPECT_EQ(to_string(Error{Errc::kNoRoom, ""}), "no room");
  EXPECT_EQ(to_string(Error{Errc::kNoRoom, "of 500"}), "no room: of 500");
}

TEST(DisconnectReasonTest, ReadsAsKindCloseCodeAndDetail) {
  DisconnectReason reason{DisconnectKind::kClosedByServer, {}, {}, {}, {}};
  EXPECT_EQ(to_string(reason), "closed by server");

  reason.close_code = 1012;
  EXPECT_EQ(to_string(reason), "closed by server with code 1012");

  reason.detail = "see you";
  EXPECT_EQ(to_string(reason), "closed by server with code 1012: see you");
}

TEST(DisconnectReasonTest, ReadsAsOneLineWhateverTheServerWrote) {
  const std::string hostile = "bye\n2026-01-01 all is well\x1b[2J\xc2\x9b";
  const DisconnectReason reason{DisconnectKind::kConnectionLost, hostile, {}, {}, {}};

  EXPECT_EQ(to_string(reason), "connection lost: bye?2026-01-01 all is well?[2J?");
  EXPECT_EQ(reason.detail, hostile);
}

}  // namespace
}  // namespace wsm
