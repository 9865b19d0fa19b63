#include "venue/request.h"

#include <gmock/gmock.h>

namespace wsm::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

TEST(RequestTest, ReadsASubscription) {
  const auto request = parse_request(R"({"op":"subscribe","args":["T0001","T0002"],"id":7})");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->operation, Operation::kSubscribe);
  EXPECT_THAT(request->args, ElementsAre("T0001", "T0002"));
  EXPECT_THAT(request->id, Optional(7));
}

TEST(RequestTest, ReadsAnUnsubscriptionWithoutId) {
  const auto request = parse_request(R"({"op":"unsubscribe","args":["T0001"]})");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->operation, Operation::kUnsubscribe);
  EXPECT_EQ(request->id, std::nullopt);
}

TEST(RequestTest, SaysWhatIsWrongAndKeepsTheId) {
  const auto request = parse_request(R"({"op":"buy","args":["T0001"],"id":9})");

  ASSERT_FALSE(request);
  EXPECT_THAT(request.error().id, Optional(9));
  EXPECT_THAT(request.error().problem, HasSubstr("\"op\""));
}

struct BadRequest {
  std::string text;
  std::string problem;
};

class BadRequestTest : public ::testing::TestWithParam<BadRequest> {};

TEST_P(BadRequestTest, IsRefusedWithAReason) {
  const auto request = parse_request(GetParam().text);

  ASSERT_FALSE(request);
  EXPECT_THAT(request.error().problem, HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRequestTest,
    ::testing::Values(BadRequest{"", "not JSON"}, BadRequest{"{", "not JSON"},
                      BadRequest{std::string(1'000, '['), "not JSON"},
                      BadRequest{"{} {}", "not JSON"}, BadRequest{"[]", "not a JSON object"},
                      BadRequest{R"({"args":["T0001"]})", "\"op\""},
                      BadRequest{R"({"op":7,"args":["T0001"]})", "\"op\""},
                      BadRequest{R"({"op":"subscribe"})", "\"args\""},
                      BadRequest{R"({"op":"subscribe","args":[]})", "\"args\""},
                      BadRequest{R"({"op":"subscribe","args":"T0001"})", "\"args\""},
                      BadRequest{R"({"op":"subscribe","args":[1]})", "\"args\""},
                      BadRequest{R"({"op":"subscribe","args":["T0001"],"id":"x"})", "\"id\""},
                      BadRequest{R"({"op":"subscribe","args":["T0001"],"id":1.5})", "\"id\""}));

}  // namespace
}  // namespace wsm::venue
