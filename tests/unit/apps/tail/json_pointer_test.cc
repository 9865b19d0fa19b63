#include "tail/json_pointer.h"

#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

TEST(JsonPointer, LeadsThroughNamesAndPlaces) {
  EXPECT_EQ(parse_json_pointer("topic").value(), "/topic");
  EXPECT_EQ(parse_json_pointer("arg.channel").value(), "/arg/channel");
  EXPECT_EQ(parse_json_pointer("data.0.s").value(), "/data/0/s");
}

TEST(JsonPointer, EscapesWhatWouldMeanSomethingElse) {
  EXPECT_EQ(parse_json_pointer("a/b~c").value(), "/a~1b~0c");
}

TEST(JsonPointer, RefusesAStepWithoutAName) {
  for (const char* text : {"", ".", "a.", ".a", "a..b"}) {
    ASSERT_FALSE(parse_json_pointer(text)) << text;
    EXPECT_EQ(
        parse_json_pointer(text).error(),
        std::string{"must be names with dots between, as in arg.channel, not '"} + text + "'");
  }
}

}  // namespace
}  // namespace wsm::tail
