#include "tail/option_names.h"

#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

TEST(OptionNames, StandForTheFieldsThatTheySet) {
  EXPECT_EQ(with_option_names("40 bytes, more than bytes_per_message"),
            "40 bytes, more than --batch-bytes");
  EXPECT_EQ(with_option_names("text_ping: needs a ping_interval"),
            "--text-ping: needs a --ping-interval");
}

TEST(OptionNames, StandForWholeWordsOnly) {
  EXPECT_EQ(with_option_names("messages_per_window: both or neither; window"),
            "--messages-per-window: both or neither; --window");
  EXPECT_EQ(with_option_names("data_timeouts --window"), "data_timeouts --window");
}

TEST(OptionNames, LeaveAllOtherTextAlone) { EXPECT_EQ(with_option_names("a b"), "a b"); }

}  // namespace
}  // namespace wsm::tail
