#include "core/join/held_message.h"

#include <span>
#include <string>

#include <gtest/gtest.h>

namespace wsm {
namespace {

TEST(HeldMessageTest, IsACopy) {
  std::string payload = "tick";
  const HeldMessage held{{ShardId{1}, Generation{2}},
                         Message{MessageKind::kText, std::as_bytes(std::span{payload})},
                         {.sequence = 7}};
  payload = "gone";

  EXPECT_EQ(held.view().text(), "tick");
  EXPECT_EQ(held.view().kind(), MessageKind::kText);
  EXPECT_EQ(held.numbering.sequence, 7U);
}

TEST(HeldMessageTest, TakesMoreThanItsPayload) {
  const HeldMessage held{{}, Message{MessageKind::kText, {}}, {.sequence = 7}};

  EXPECT_GE(held.footprint(), sizeof held);
  EXPECT_EQ(HeldMessage::footprint(20), held.footprint() + 20);
}

TEST(JoinFateTest, HasAName) { EXPECT_EQ(to_string(JoinFate::kHold), "hold"); }

}  // namespace
}  // namespace wsm
