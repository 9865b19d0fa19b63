#include "usage/usage_error.h"

#include <algorithm>
#include <string>
#include <vector>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::HasSubstr;

class UsageErrorTest : public ::testing::Test {
 protected:
  UsageErrorTest() {
    app.require_subcommand(1);
    CLI::App* const tail = app.add_subcommand("tail", "");
    tail->add_option("URL", url)->required();
    tail->add_option("--subscribe", request)->type_name("TEMPLATE");
    app.add_subcommand("demo", "");
  }

  UsageError parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // As CLI11 wants them.
    try {
      app.parse(words);
    } catch (const CLI::ParseError& error) {
      return usage_error(app, error);
    }
    return {"none", "none"};
  }

  CLI::App app{"", "wsm"};
  std::string url;
  std::string request;
};

TEST_F(UsageErrorTest, NamesAnUnknownOptionAndWhatItIsCloseTo) {
  const UsageError error = parse({"tail", "ws://host", "--subcribe", "x"});

  EXPECT_EQ(error.command, "wsm tail");
  EXPECT_EQ(error.problem, "unknown option --subcribe; did you mean --subscribe?");
}

TEST_F(UsageErrorTest, NamesTheUnknownOptionNotWhatFollowsFromIt) {
  EXPECT_EQ(parse({"tail", "--frobnicate"}).problem, "unknown option --frobnicate");
  EXPECT_EQ(parse({"tail", "u", "a", "--frobnicate=1"}).problem, "unknown option --frobnicate");
}

TEST_F(UsageErrorTest, NamesAWordThatHasNoPlace) {
  EXPECT_EQ(parse({"tail", "ws://host", "extra"}).problem, "unexpected word 'extra'");
}

TEST_F(UsageErrorTest, NamesAnUnknownSubcommand) {
  const UsageError error = parse({"tial", "ws://host"});

  EXPECT_EQ(error.command, "wsm");
  EXPECT_EQ(error.problem, "unknown subcommand tial; did you mean tail?");
}

TEST_F(UsageErrorTest, SaysWhichSubcommandsThereAre) {
  EXPECT_EQ(parse({}).problem, "a subcommand is missing: tail or demo");
}

TEST_F(UsageErrorTest, NamesAnOptionWithoutItsValue) {
  EXPECT_THAT(parse({"tail", "ws://host", "--subscribe"}).problem, HasSubstr("--subscribe"));
  EXPECT_EQ(parse({"tail"}).problem, "URL is required");
}

TEST(UsageComplaint, SaysWhatIsWrongAndWhereThereIsMore) {
  EXPECT_EQ(complaint({"wsm tail", "URL is required"}),
            "wsm: URL is required\nRun wsm tail --help for more.\n");
}

}  // namespace
}  // namespace wsm
