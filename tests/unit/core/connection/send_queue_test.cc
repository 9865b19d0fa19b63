#include "core/connection/send_queue.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_entropy.h"
#include "support/frames.h"

namespace wsm {
namespace {

using test::bytes_of;
using test::ClientFrame;
using test::close_payload;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class SendQueueTest : public ::testing::Test {
 protected:
  std::vector<ClientFrame> take_frames() {
    std::string bytes = test::text_of(queue.pending());
    queue.consume(bytes.size(), now);
    auto frames = test::take_client_frames(bytes);
    EXPECT_EQ(bytes, "") << "not a whole frame";
    return frames;
  }
  void fill(std::size_t bytes) { queue.push_raw(std::string(bytes, 'x')); }

  const TimePoint now{std::chrono::hours{1}};
  test::FakeEntropy entropy;
  SendQueue queue{entropy};
};

TEST_F(SendQueueTest, IsEmptyAtFirst) {
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.pending().empty());
}

TEST_F(SendQueueTest, KeepsRawBytesAsTheyAre) {
  queue.push_raw("GET / HTTP/1.1\r\n\r\n");

  EXPECT_EQ(test::text_of(queue.pending()), "GET / HTTP/1.1\r\n\r\n");
}

TEST_F(SendQueueTest, PutsFramesBackToBackInOrder) {
  ASSERT_TRUE(queue.push_message(OutgoingMessage::text("grüße")));
  ASSERT_TRUE(queue.push_message(OutgoingMessage::binary(bytes_of("\xff"))));
  queue.push_ping(bytes_of("ping"));
  queue.push_pong(bytes_of("pong"));
  queue.push_close(CloseCode::kNormal, "bye");

  EXPECT_THAT(take_frames(),
              ElementsAre(ClientFrame{Opcode::kText, "grüße"}, ClientFrame{Opcode::kBinary, "\xff"},
                          ClientFrame{Opcode::kPing, "ping"}, ClientFrame{Opcode::kPong, "pong"},
                          ClientFrame{Opcode::kClose, close_payload(1000, "bye")}));
}

TEST_F(SendQueueTest, MasksEachFrameWithAKeyOfItsOwn) {
  queue.push_ping(bytes_of("same"));
  const std::string first = test::text_of(queue.pending());
  queue.consume(first.size(), now);

  queue.push_ping(bytes_of("same"));

  EXPECT_NE(test::text_of(queue.pending()), first);
}

TEST_F(SendQueueTest, CanBeConsumedInPieces) {
  queue.push_ping(bytes_of("12345"));
  const std::string all = test::text_of(queue.pending());

  queue.consume(3, now);

  EXPECT_EQ(test::text_of(queue.pending()), all.substr(3));
  EXPECT_FALSE(queue.empty());
}

TEST_F(SendQueueTest, ClosesWithoutACodeAsAnEmptyFrame) {
  queue.push_close(std::nullopt, {});

  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kClose, ""}));
}

TEST_F(SendQueueTest, RefusesTextThatIsNotUtf8) {
  const auto pushed = queue.push_message(OutgoingMessage::text("\xc3"));

  EXPECT_EQ(pushed.error().code, Errc::kInvalidUtf8);
  EXPECT_TRUE(queue.empty());
}

TEST_F(SendQueueTest, RefusesAMessageThatCouldNeverFit) {
  const std::vector<std::byte> large(SendQueue::kBytesMax + 1);

  const auto pushed = queue.push_message(OutgoingMessage::binary(large));

  EXPECT_EQ(pushed.error().code, Errc::kMessageTooLarge);
}

TEST_F(SendQueueTest, RefusesMessagesWhenTheServerHasStoppedReading) {
  fill(SendQueue::kBytesMax - 1000);

  EXPECT_TRUE(queue.push_message(OutgoingMessage::text("x")));
  const auto pushed = queue.push_message(OutgoingMessage::text(std::string(1000, 'x')));

  EXPECT_EQ(pushed.error().code, Errc::kSendQueueFull);
  queue.consume(queue.pending().size(), now);
  EXPECT_TRUE(queue.push_message(OutgoingMessage::text(std::string(1000, 'x'))));
}

TEST_F(SendQueueTest, AnswersOnlyTheLastPingOfAFlood) {
  fill(SendQueue::kPongBacklogMax + 100);

  for (const char* ping : {"1", "2", "3"}) queue.push_pong(bytes_of(ping));
  EXPECT_EQ(queue.pending().size(), SendQueue::kPongBacklogMax + 100);

  queue.consume(queue.pending().size(), now);
  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kPong, "3"}));
}

TEST_F(SendQueueTest, DefersPongsExactlyAboveTheBacklog) {
  fill(SendQueue::kPongBacklogMax);
  queue.push_pong(bytes_of("in"));
  const std::size_t with_pong = queue.pending().size();
  EXPECT_GT(with_pong, SendQueue::kPongBacklogMax);

  queue.push_pong(bytes_of("out"));

  EXPECT_EQ(queue.pending().size(), with_pong);
}

TEST_F(SendQueueTest, SendsTheDeferredPongAsSoonAsThereIsRoom) {
  fill(SendQueue::kPongBacklogMax + 100);
  queue.push_pong(bytes_of("x"));

  queue.consume(99, now);
  EXPECT_EQ(queue.pending().size(), SendQueue::kPongBacklogMax + 1);
  queue.consume(1, now);
  EXPECT_GT(queue.pending().size(), SendQueue::kPongBacklogMax);
}

TEST_F(SendQueueTest, SendsNoDeferredPongBehindACloseFrame) {
  fill(SendQueue::kPongBacklogMax + 100);
  queue.push_pong(bytes_of("x"));

  queue.push_close(CloseCode::kGoingAway, {});
  queue.consume(SendQueue::kPongBacklogMax + 100, now);

  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kClose, close_payload(1001)}));
  EXPECT_TRUE(queue.empty());
}

TEST_F(SendQueueTest, ControlFramesGoInEvenWhenMessagesDoNot) {
  fill(SendQueue::kBytesMax);

  queue.push_ping(bytes_of("x"));
  queue.push_close(CloseCode::kNormal, {});

  EXPECT_GT(queue.pending().size(), SendQueue::kBytesMax);
}

}  // namespace
}  // namespace wsm
