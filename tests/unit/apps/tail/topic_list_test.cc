#include "tail/topic_list.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(TopicList, SplitsAtCommas) {
  EXPECT_THAT(split_topics("a,b,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_topics(" a , ,b c,"), ElementsAre("a", "b c"));
  EXPECT_THAT(split_topics(""), IsEmpty());
  EXPECT_THAT(split_topics(","), IsEmpty());
}

TEST(TopicList, KeepsWhatIsNoComment) {
  EXPECT_THAT(split_topics("#,a#b"), ElementsAre("#", "a#b"));
}

TEST(TopicList, ReadsOneTopicALine) {
  std::istringstream lines{"btc\n  # a comment\n\n\t \neth,usd\r\n last"};

  EXPECT_THAT(read_topics(lines), ElementsAre("btc", "eth,usd", "last"));
}

TEST(TopicList, ReadsAFile) {
  const std::string name = ::testing::TempDir() + "topic_list_test.txt";
  std::ofstream{name} << "a\nb\n";

  const auto topics = read_topics_file(name);

  EXPECT_THAT(topics.value(), ElementsAre("a", "b"));
  std::remove(name.c_str());
}

TEST(TopicList, NamesTheFileThatCannotBeRead) {
  EXPECT_THAT(read_topics_file("/nonexistent/topics").error(),
              HasSubstr("'/nonexistent/topics': No such file"));
  EXPECT_THAT(read_topics_file("/").error(), HasSubstr("is a directory"));
}

TEST(TopicList, CountsRepeatedTopicsOnceAndKeepsTheOrder) {
  EXPECT_THAT(check_topics({"b", "a", "b", "c", "a"}).value(), ElementsAre("b", "a", "c"));
}

TEST(TopicList, RefusesATopicThatIsNotUtf8) {
  EXPECT_EQ(check_topics({"a", "\xff"}).error(), "topic 2 is not UTF-8");
}

}  // namespace
}  // namespace wsm::tail
