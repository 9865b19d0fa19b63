#include "tail/request_template.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using ::testing::HasSubstr;

using Topics = std::vector<std::string>;

std::string expanded(std::string_view text, const Topics& topics, std::uint64_t id = 7) {
  return RequestTemplate::parse(text).value().expand(topics, id);
}

PointedError parse_error(std::string_view text) { return RequestTemplate::parse(text).error(); }

PointedError expansion_error(std::string_view text, const Topics& topics) {
  return RequestTemplate::parse(text).value().check_expansion(topics).error();
}

TEST(RequestTemplate, PutsTheListOfTopicsAndTheNumberIn) {
  EXPECT_EQ(expanded(R"({"op":"subscribe","args":$topics,"id":$id})", {"a", "b\"c"}),
            R"({"op":"subscribe","args":["a","b\"c"],"id":7})");
}

TEST(RequestTemplate, PutsASingleTopicInAsAString) {
  const auto request = RequestTemplate::parse(R"({"topic":$topic})").value();

  EXPECT_TRUE(request.takes_one_topic());
  EXPECT_EQ(request.expand(Topics{"a\\b"}, 1), R"({"topic":"a\\b"})");
}

TEST(RequestTemplate, LeavesTheQuotesAwayBetweenQuotes) {
  EXPECT_EQ(expanded(R"({"topic":"trades.$topic"})", {"a\"b"}), R"({"topic":"trades.a\"b"})");
  EXPECT_EQ(expanded(R"({"topic":"$topic_text"})", {"a\"b"}), R"({"topic":"a\"b"})");
}

TEST(RequestTemplate, EscapesAListThatStandsBetweenQuotes) {
  EXPECT_EQ(expanded(R"({"data":"{\"args\":$topics}","n":$topics})", {"a"}),
            R"({"data":"{\"args\":[\"a\"]}","n":["a"]})");
}

TEST(RequestTemplate, PutsTextInAsItIsOutsideOfQuotes) {
  EXPECT_EQ(expanded(R"({"token":$topic_text})", {"408065"}), R"({"token":408065})");
  EXPECT_EQ(expanded(R"(SUB $topic_text $id\r\n)", {"a.>"}), "SUB a.> 7\r\n");
}

TEST(RequestTemplate, QuotesTheTopicInPlainTextToo) {
  EXPECT_EQ(expanded(R"(42["subscribe",$topic])", {"a"}), R"(42["subscribe","a"])");
}

TEST(RequestTemplate, TakesDollarsAndBraces) {
  EXPECT_EQ(expanded(R"(cost $$5 $$topic)", {}), "cost $5 $topic");
  EXPECT_EQ(expanded("${topic_text}_usd", {"btc"}), "btc_usd");
}

TEST(RequestTemplate, KnowsWhetherItTakesTopics) {
  EXPECT_TRUE(RequestTemplate::parse("hello $id")->takes_id());
  EXPECT_FALSE(RequestTemplate::parse("hello $topics")->takes_id());
  EXPECT_FALSE(RequestTemplate::parse("hello $id")->takes_topics());
  EXPECT_TRUE(RequestTemplate::parse("hello $topics")->takes_topics());
  EXPECT_FALSE(RequestTemplate::parse("hello $topics")->takes_one_topic());
  EXPECT_TRUE(RequestTemplate::parse("hello $topic_text")->takes_one_topic());
}

TEST(RequestTemplate, PointsAtAnUnknownName) {
  const auto error = parse_error(R"({"args":$topcs})");

  EXPECT_THAT(error.problem, HasSubstr("unknown name $topcs"));
  EXPECT_EQ(error.position, 8U);
}

TEST(RequestTemplate, PointsAtALoneDollar) {
  for (const char* text : {"a $", "a $ b", "a $-", "a $\""}) {
    EXPECT_THAT(parse_error(text).problem, HasSubstr("written $$")) << text;
    EXPECT_EQ(parse_error(text).position, 2U) << text;
  }
  EXPECT_THAT(parse_error("${topic").problem, HasSubstr("not closed"));
}

TEST(RequestTemplate, PointsAtTheSecondOfTwoForms) {
  const auto error = parse_error(R"([$topics,$topic])");

  EXPECT_THAT(error.problem, HasSubstr("exclude each other"));
  EXPECT_EQ(error.position, 9U);
}

TEST(RequestTemplate, PointsAtAListThatIsQuotedAsIfItWereAString) {
  const auto error = parse_error(R"({"args":"$topics"})");

  EXPECT_EQ(error.problem, "$topics is a JSON list; leave out the quotes around it");
  EXPECT_EQ(error.position, 9U);
  EXPECT_EQ(parse_error(R"({"args":"${topics}"})").position, 9U);
  EXPECT_EQ(parse_error(R"({"data":"{\"args\":\"$topics\"}"})").position, 21U);
}

TEST(RequestTemplate, PointsAtAnUnknownEscapeOfPlainText) {
  EXPECT_EQ(parse_error(R"(SUB \q)").position, 4U);
}

TEST(RequestTemplate, LeavesTheEscapesOfJsonAlone) {
  EXPECT_EQ(expanded(R"({"a":"\"$topic\n"})", {"x"}), R"({"a":"\"x\n"})");
}

TEST(RequestTemplate, PointsIntoTheMessageWhereItIsNoJson) {
  const auto error = expansion_error(R"({"args":$topics,})", {"a"});

  EXPECT_EQ(error.text, R"({"args":["a"],})");
  EXPECT_EQ(error.position, 14U);
  EXPECT_THAT(error.problem, HasSubstr("not JSON"));
}

TEST(RequestTemplate, RefusesJsonThatStopsEarlyOrGoesOn) {
  EXPECT_EQ(expansion_error(R"({"args":$topics)", {"a"}).position, 13U);
  EXPECT_EQ(expansion_error(R"({"args":$topics}})", {"a"}).position, 14U);
}

TEST(RequestTemplate, ChecksEachTopicThatGoesInAsItIs) {
  EXPECT_EQ(expansion_error(R"({"n":$topic_text})", {"1", "x"}).text, R"({"n":x})");
}

TEST(RequestTemplate, AcceptsAnyPlainTextThatIsUtf8) {
  const auto request = RequestTemplate::parse(R"(}{ $topic)").value();
  EXPECT_TRUE(request.check_expansion(Topics{"a"}));

  EXPECT_THAT(expansion_error(R"(\xff)", {}).problem, HasSubstr("not UTF-8"));
}

}  // namespace
}  // namespace wsm::tail
