#include "sim/trace.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

TEST(TraceTest, HashesWhoWhatWhenAndWhich) {
  const auto hash_of = [](Duration at, const char* actor, const char* what, std::uint64_t number) {
    Trace trace;
    trace.set_time(at);
    trace.note(actor, what, number);
    return trace.hash();
  };
  const auto hash = hash_of(1s, "client", "dials", 1);

  EXPECT_EQ(hash_of(1s, "client", "dials", 1), hash);
  EXPECT_NE(hash_of(2s, "client", "dials", 1), hash);
  EXPECT_NE(hash_of(1s, "venue", "dials", 1), hash);
  EXPECT_NE(hash_of(1s, "client", "hangs up", 1), hash);
  EXPECT_NE(hash_of(1s, "client", "dials", 2), hash);
}

TEST(TraceTest, HasTheSameHashOnEveryCompiler) {
  Trace trace;
  trace.set_time(90min);
  trace.note("venue", "subscribed", 1, 2, 3);

  EXPECT_EQ(trace.hash(), 0x4dfc260146176cf1U);
}

TEST(TraceTest, KeepsTheLastThousand) {
  Trace trace;
  for (std::uint64_t i = 0; i < 1500; ++i) trace.note("actor", "acts", i);
  const std::string tail = trace.tail();

  EXPECT_EQ(std::ranges::count(tail, '\n'), 1000);
  EXPECT_NE(tail.find("   500 "), std::string::npos);
  EXPECT_EQ(tail.find("   499 "), std::string::npos);
}

TEST(TraceTest, PrintsTimeInFixedColumns) {
  EXPECT_EQ(clock_text(0s), "+00:00:00.000");
  EXPECT_EQ(clock_text(2h + 14min + 33s + 120ms), "+02:14:33.120");
  EXPECT_EQ(clock_text(1000h), "+1000:00:00.000");
}

}  // namespace
}  // namespace wsm::sim
