#include "wire/http_head_reader.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/server_frames.h"

namespace wsm {
namespace {

using testing::as_bytes;
using testing::as_text;
using ::testing::HasSubstr;
using Progress = HttpHeadReader::Progress;

HttpHeadReader reader() { return HttpHeadReader{"the box", "tls://"}; }

std::string fault_of(std::string_view answer) {
  HttpHeadReader whole = reader();
  EXPECT_EQ(whole.receive(as_bytes(answer)), Progress::kFailed) << answer;
  return whole.fault();
}

TEST(HttpHeadReaderTest, ReadsAHeadHoweverItIsCut) {
  constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nrest";
  for (std::size_t cut = 0; cut <= kAnswer.size(); ++cut) {
    HttpHeadReader cut_once = reader();
    cut_once.receive(as_bytes(kAnswer.substr(0, cut)));
    EXPECT_EQ(cut_once.receive(as_bytes(kAnswer.substr(cut))), Progress::kComplete);
    EXPECT_EQ(cut_once.response().status, 200U);
  }
}

TEST(HttpHeadReaderTest, LeavesWhatCameBehindTheHead) {
  HttpHeadReader whole = reader();
  EXPECT_EQ(whole.receive(as_bytes("HTTP/1.1 200 OK\r\n\r\nrest")), Progress::kComplete);
  EXPECT_EQ(as_text(whole.rest()), "rest");
  EXPECT_EQ(whole.receive(as_bytes("more")), Progress::kComplete);
  EXPECT_EQ(as_text(whole.rest()), "rest");
}

TEST(HttpHeadReaderTest, SkipsWhatIsOnlyInformation) {
  HttpHeadReader whole = reader();
  EXPECT_EQ(whole.receive(as_bytes("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 101 Now\r\n\r\n")),
            Progress::kComplete);
  EXPECT_EQ(whole.response().status, 101U);
}

TEST(HttpHeadReaderTest, NamesTheSpeakerAndWhatIsWrong) {
  EXPECT_THAT(fault_of("SSH-2.0"), HasSubstr("the box's answer is not HTTP/1.1: SSH-2.0"));
  EXPECT_EQ(fault_of("\x16\x03"), "the box speaks TLS on this port; use tls://");
  EXPECT_THAT(fault_of("HTTP/1.1 200 OK\n"), HasSubstr("CR LF"));
  EXPECT_THAT(fault_of("HTTP/1.1 x\r\n\r\n"), HasSubstr("malformed"));
}

TEST(HttpHeadReaderTest, TakesNoMoreThanItsBound) {
  const std::string begin = "HTTP/1.1 200 OK\r\nX: ";
  const std::size_t room = HttpHeadReader::kBytesMax - begin.size() - 4;
  HttpHeadReader full = reader();
  EXPECT_EQ(full.receive(as_bytes(begin + std::string(room, 'x') + "\r\n\r\n")),
            Progress::kComplete);
  EXPECT_THAT(fault_of(begin + std::string(room + 1, 'x') + "\r\n\r\n"),
              HasSubstr("longer than 16384 bytes"));
}

}  // namespace
}  // namespace wsm
