#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <wsm/detail/handler_port.h>

namespace wsm::detail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class InspectingHandler final : public WebSocketHandler<std::string> {
 public:
  std::string url(const ConnectionState&) override { return {}; }
  void on_message(const Message&, const ConnectionState&) override {}
  std::vector<std::string> subscriptions() override { return {}; }
  std::optional<OutgoingMessage> subscription_message(std::span<const std::string>) override {
    return std::nullopt;
  }
  Inspection<std::string> inspect(const Message&) override { return found; }

  Inspection<std::string> found;
};

class HandlerPortTest : public ::testing::Test {
 protected:
  Inspection<SubscriptionId> inspect() { return port.inspect(Message{MessageKind::kText, {}}); }

  const std::shared_ptr<InspectingHandler> handler = std::make_shared<InspectingHandler>();
  TypedHandlerPort<std::string> port{handler};
};

TEST_F(HandlerPortTest, LeavesUndecidedWhatTheHandlerDoes) {
  EXPECT_EQ(inspect().role, MessageRole::kUndecided);
}

TEST_F(HandlerPortTest, TranslatesTheSubscriptionsThatItKnows) {
  const SubscriptionId known = port.table().intern("known");
  const SubscriptionId refused = port.table().intern("refused");
  handler->found = {.role = MessageRole::kRejection,
                    .subscription = "known",
                    .request = 12,
                    .rejected = {"never wanted", "refused"},
                    .may_retry = true,
                    .detail = "too many"};

  const Inspection<SubscriptionId> inspected = inspect();

  EXPECT_EQ(inspected.role, MessageRole::kRejection);
  EXPECT_EQ(inspected.subscription, known);
  EXPECT_EQ(inspected.request, 12U);
  EXPECT_THAT(inspected.rejected, ElementsAre(refused));
  EXPECT_TRUE(inspected.may_retry);
  EXPECT_EQ(inspected.detail, "too many");
}

TEST_F(HandlerPortTest, HandsNumberingThrough) {
  handler->found = {.role = MessageRole::kData,
                    .subscription = "known",
                    .numbering = {.sequence = 17, .previous = 12, .restarts = true}};

  EXPECT_EQ(inspect().numbering, handler->found.numbering);
}

TEST_F(HandlerPortTest, NamesWhatItKnows) {
  const SubscriptionId known = port.table().intern("known");
  const SubscriptionId forgotten = port.table().intern("forgotten");
  port.forget(forgotten);

  EXPECT_EQ(port.subscription_name(known), "known");
  EXPECT_EQ(port.subscription_name(forgotten), "");
  EXPECT_EQ(port.subscription_name(SubscriptionId{99}), "");
}

struct Nameless {
  int value;
};

TEST(DefaultNameTest, IsTheTextOrWhatCanBePrinted) {
  EXPECT_EQ(default_name(std::string{"AAPL"}), "AAPL");
  EXPECT_EQ(default_name(std::string_view{"AAPL"}), "AAPL");
  EXPECT_EQ(default_name(42), "42");
  EXPECT_EQ(default_name(Nameless{1}), "");
}

TEST_F(HandlerPortTest, KnowsNoSubscriptionThatNobodyWanted) {
  handler->found = {.role = MessageRole::kData, .subscription = "never wanted"};

  EXPECT_EQ(inspect().role, MessageRole::kData);
  EXPECT_EQ(inspect().subscription, std::nullopt);
  EXPECT_THAT(inspect().rejected, IsEmpty());
}

}  // namespace
}  // namespace wsm::detail
