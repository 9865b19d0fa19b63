// What needs the system's own table of names, but no name server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/resolver.h"

namespace wsm::io {
namespace {

using ::testing::Contains;
using ::testing::Eq;
using ::testing::StartsWith;

TEST(ResolverLookupTest, FindsThisMachine) {
  const auto found = resolve("localhost", 9001);

  ASSERT_TRUE(found);
  EXPECT_THAT(*found, Contains(*Endpoint::parse("127.0.0.1", 9001)));
}

TEST(ResolverLookupTest, NamesTheHostThatHasNoAddress) {
  // A label of more than 63 characters fails before any server is asked (RFC 1035, section 2.3.4).
  const std::string host = std::string(64, 'a') + ".invalid";
  const auto found = resolve(host, 443);

  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().kind, Eq(DisconnectKind::kResolveFailed));
  EXPECT_THAT(found.error().detail, StartsWith(host + ": "));
}

}  // namespace
}  // namespace wsm::io
