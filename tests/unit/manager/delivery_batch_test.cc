#include "manager/delivery_batch.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "unit/manager/queued.h"

namespace wsm {
namespace {

using test::contents;
using test::some_event;
using test::state;
using test::text_message;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DeliveryBatchTest, KeepsMessagesAndNoticesInTheOrderInWhichTheyCame) {
  DeliveryBatch batch;
  const auto first = state(1);
  const auto second = state(2);

  batch.add(first, text_message("a"));
  batch.add(some_event());
  batch.add(second, text_message("b"));
  batch.add(first, text_message(""));
  batch.add(DisconnectNotice{second, {}});

  EXPECT_THAT(contents(batch), ElementsAre("1:a", "event", "2:b", "1:", "disconnect"));
  EXPECT_EQ(batch.messages(), 3U);
  EXPECT_EQ(batch.bytes(), 2U);
}

TEST(DeliveryBatchTest, OwnsItsPayloads) {
  DeliveryBatch batch;
  std::string buffer = "first";

  batch.add(state(1), text_message(buffer));
  buffer = "other";
  batch.add(state(1), text_message(std::string(1'000, 'x')));

  EXPECT_EQ(contents(batch).front(), "1:first");
}

TEST(DeliveryBatchTest, KeepsTheKindOfEachMessage) {
  DeliveryBatch batch;
  batch.add(state(1), Message{MessageKind::kBinary, {}});
  batch.add(state(1), text_message("t"));
  std::vector<MessageKind> kinds;

  batch.visit([&](const Message& message, const ConnectionState&,
                  const Queued&) { kinds.push_back(message.kind()); },
              [](const Notice&) {});

  EXPECT_THAT(kinds, ElementsAre(MessageKind::kBinary, MessageKind::kText));
}

TEST(DeliveryBatchTest, IsEmptyAfterClearAndLetsGoOfItsConnections) {
  DeliveryBatch batch;
  auto from = state(1);
  const std::weak_ptr<const ConnectionState> watch = from;
  batch.add(from, text_message("a"));
  from.reset();
  batch.add(some_event());

  batch.clear();

  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.messages(), 0U);
  EXPECT_THAT(contents(batch), IsEmpty());
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace wsm
