#include "tail/message_inspector.h"

#include <string>

#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

class MessageInspectorTest : public ::testing::Test {
 protected:
  MessageInspector inspector{MessageKeys{.topic = "/arg/name",
                                         .sequence = "/seq",
                                         .previous = {},
                                         .request = "/id",
                                         .error = "/error"}};
};

TEST_F(MessageInspectorTest, FindsWhoseDataIs) {
  const auto found = inspector.inspect(R"({"arg":{"name":"btc"},"seq":7})");

  EXPECT_EQ(found.role, MessageRole::kData);
  EXPECT_EQ(found.subscription, "btc");
  EXPECT_EQ(found.numbering, Numbering{.sequence = 7});
}

TEST_F(MessageInspectorTest, ReadsNumbersThatAreStringsAndNamesThatAreNumbers) {
  const auto found = inspector.inspect(R"({"arg":{"name":12},"seq":"18446744073709551615"})");

  EXPECT_EQ(found.subscription, "12");
  EXPECT_EQ(found.numbering.sequence, 18446744073709551615U);
}

TEST_F(MessageInspectorTest, LeavesOutANumberThatIsNone) {
  for (const char* number : {"-1", "1.5", "null", "\"7x\"", "\"\"", "[7]"}) {
    const auto found =
        inspector.inspect(std::string{R"({"arg":{"name":"a"},"seq":)"} + number + "}");
    EXPECT_EQ(found.role, MessageRole::kData) << number;
    EXPECT_EQ(found.numbering.sequence, std::nullopt) << number;
  }
}

TEST_F(MessageInspectorTest, FindsWhichRequestIsGranted) {
  const auto found = inspector.inspect(R"({"id":3,"result":null})");

  EXPECT_EQ(found.role, MessageRole::kAcknowledgement);
  EXPECT_EQ(found.request, 3U);
}

TEST_F(MessageInspectorTest, FindsWhatIsRefusedAndWhy) {
  const auto found = inspector.inspect(R"({"id":3,"error":"no such topic"})");

  EXPECT_EQ(found.role, MessageRole::kRejection);
  EXPECT_EQ(found.request, 3U);
  EXPECT_EQ(found.detail, "no such topic");
  EXPECT_FALSE(found.may_retry);
}

TEST_F(MessageInspectorTest, TellsAReasonThatIsNoTextAsItsJson) {
  EXPECT_EQ(inspector.inspect(R"({"id":3,"error":{"code": 2, "msg": "x"}})").detail,
            R"({"code":2,"msg":"x"})");
  EXPECT_EQ(inspector.inspect(R"({"id":3,"error":true})").detail, "true");
}

TEST_F(MessageInspectorTest, TakesAnEmptyReasonForNone) {
  for (const char* reason : {"null", "false", "0", "\"\""}) {
    const auto found = inspector.inspect(std::string{R"({"id":3,"error":)"} + reason + "}");
    EXPECT_EQ(found.role, MessageRole::kAcknowledgement) << reason;
  }
}

TEST_F(MessageInspectorTest, LeavesUndecidedWhatSaysNothing) {
  for (const char* message :
       {"", "pong", "{", "[]", "7", "{}", R"({"arg":"btc"})", R"({"arg":{"name":null}})"}) {
    EXPECT_EQ(inspector.inspect(message).role, MessageRole::kUndecided) << message;
  }
}

TEST(MessageInspector, LooksForNothingWithoutKeys) {
  MessageInspector inspector{MessageKeys{}};

  EXPECT_EQ(inspector.inspect(R"({"topic":"a"})").role, MessageRole::kUndecided);
}

TEST(MessageInspector, TakesAMessageWithoutThePreviousNumberForASnapshot) {
  MessageInspector inspector{
      MessageKeys{.topic = "/t", .sequence = "/s", .previous = "/p", .request = {}, .error = {}}};

  EXPECT_EQ(inspector.inspect(R"({"t":"a","s":9,"p":5})").numbering,
            (Numbering{.sequence = 9, .previous = 5}));
  EXPECT_EQ(inspector.inspect(R"({"t":"a","s":9,"p":-1})").numbering,
            (Numbering{.sequence = 9, .previous = {}, .restarts = true}));
}

}  // namespace
}  // namespace wsm::tail
