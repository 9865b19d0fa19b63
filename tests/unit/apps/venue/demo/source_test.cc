#include "demo/source.h"

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using ::testing::Optional;

TEST(SourceTest, IsFoundAgainInItsTarget) {
  const Source source{ShardId{2}, Generation{17}};

  EXPECT_EQ(target_of(source), "/?shard=2&generation=17");
  EXPECT_THAT(source_of(target_of(source)), Optional(source));
}

TEST(SourceTest, IsInNoOtherTarget) {
  for (const auto* target : {"", "/", "/?shard=1", "/?shard=&generation=1",
                             "/?shard=1&generation=", "/?shard=1&generation=2&x",
                             "/?shard=-1&generation=2", "/?shard=99999999999&generation=1"}) {
    EXPECT_EQ(source_of(target), std::nullopt) << target;
  }
}

}  // namespace
}  // namespace wsm::demo
