#include "tail/message_writer.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

constexpr int kPatience = 10'000;  // Milliseconds; far more than any machine needs.

class MessageWriterTest : public ::testing::Test {
 protected:
  MessageWriterTest() {
    signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(pipe(ends.data()), 0);
  }
  ~MessageWriterTest() override {
    close_reader();
    close(ends[1]);
  }

  void close_reader() {
    if (ends[0] >= 0) close(ends[0]);
    ends[0] = -1;
  }

  // What one read gives; empty when nothing comes.
  std::string read_some() {
    pollfd readable{ends[0], POLLIN, 0};
    if (poll(&readable, 1, kPatience) != 1) return {};
    std::string bytes(1024 * 1024, '\0');
    const ssize_t count = read(ends[0], bytes.data(), bytes.size());
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }

  static Result<void, OutputError> append(MessageWriter& writer, std::string_view text) {
    return writer.append({MessageKind::kText, std::as_bytes(std::span{text})},
                         {ShardId{0}, Generation{1}, SystemTime{}});
  }

  std::array<int, 2> ends{-1, -1};
  MessageLine plain{LineFormat::kPlain, BinaryForm::kBase64};
};

TEST_F(MessageWriterTest, WritesASingleMessageWithoutBeingAsked) {
  MessageWriter writer{ends[1], plain};

  ASSERT_TRUE(append(writer, "hello"));

  EXPECT_EQ(read_some(), "hello\n");
}

TEST_F(MessageWriterTest, WritesTheRestOfABurstSoon) {
  MessageWriter writer{ends[1], plain};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(append(writer, "x"));

  std::string received;
  while (received.size() < 6) {
    const std::string more = read_some();
    ASSERT_FALSE(more.empty());
    received += more;
  }

  EXPECT_EQ(received, "x\nx\nx\n");
}

TEST_F(MessageWriterTest, WritesEverythingThatIsLeftWhenClosed) {
  MessageWriter writer{ends[1], plain};
  ASSERT_TRUE(append(writer, "a"));
  ASSERT_TRUE(append(writer, "b"));

  EXPECT_TRUE(writer.close());

  std::string received = read_some();
  if (received.size() < 4) received += read_some();
  EXPECT_EQ(received, "a\nb\n");
}

TEST_F(MessageWriterTest, SaysThatTheReaderHasGone) {
  MessageWriter writer{ends[1], plain};
  close_reader();

  (void)append(writer, "a");
  const auto closed = writer.close();

  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().fault, OutputFault::kReaderGone);
  EXPECT_EQ(append(writer, "b").error().fault, OutputFault::kReaderGone);
}

TEST_F(MessageWriterTest, LetsGoOfAReaderWhoDoesNotRead) {
  MessageWriter writer{ends[1], plain};
  writer.cancel_after(20ms);
  const std::string more_than_a_pipe_holds(4 * 1024 * 1024, 'x');

  const auto appended = append(writer, more_than_a_pipe_holds);

  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().fault, OutputFault::kCancelled);
  EXPECT_FALSE(writer.close());
}

TEST_F(MessageWriterTest, WritesForAReaderWhoReadsThoughTheTimeIsOver) {
  MessageWriter writer{ends[1], plain};
  writer.cancel_after(Duration::zero());

  ASSERT_TRUE(append(writer, "a"));
  EXPECT_TRUE(writer.close());

  EXPECT_EQ(read_some(), "a\n");
}

TEST_F(MessageWriterTest, ReportsADiskThatIsFull) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  MessageWriter writer{full, plain};

  (void)append(writer, "a");
  const auto closed = writer.close();

  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().fault, OutputFault::kFailed);
  EXPECT_EQ(closed.error().error_number, ENOSPC);
  close(full);
}

TEST_F(MessageWriterTest, WritesALineThatIsNoMessageBehindThem) {
  MessageWriter writer{ends[1], MessageLine{LineFormat::kPlain, BinaryForm::kBase64}};
  const MessageOrigin origin{ShardId{0}, Generation{1}, SystemTime{}};

  EXPECT_TRUE(writer.append({MessageKind::kText, std::as_bytes(std::span{"x", 1})}, origin));
  EXPECT_TRUE(writer.append_line("summary"));

  std::string written;
  while (written.size() < 10) written += read_some();
  EXPECT_EQ(written, "x\nsummary\n");
}

}  // namespace
}  // namespace wsm::tail
