#include "io/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::Ne;

TEST(EndpointTest, ReadsAddressesInFigures) {
  const auto v4 = Endpoint::parse("127.0.0.1", 443);
  const auto v6 = Endpoint::parse("::1", 9443);

  ASSERT_TRUE(v4 && v6);
  EXPECT_THAT(to_string(*v4), Eq("127.0.0.1:443"));
  EXPECT_THAT(to_string(*v6), Eq("[::1]:9443"));
  EXPECT_FALSE(v4->is_v6());
  EXPECT_TRUE(v6->is_v6());
}

TEST(EndpointTest, DoesNotTakeNamesForAddresses) {
  EXPECT_THAT(Endpoint::parse("localhost", 80), Eq(std::nullopt));
  EXPECT_THAT(Endpoint::parse("256.0.0.1", 80), Eq(std::nullopt));
  EXPECT_THAT(Endpoint::parse("[::1]", 80), Eq(std::nullopt));
  EXPECT_THAT(Endpoint::parse("", 80), Eq(std::nullopt));
}

TEST(EndpointTest, IsEqualOnlyInAddressAndPort) {
  const Endpoint endpoint = *Endpoint::parse("127.0.0.1", 443);

  EXPECT_THAT(*Endpoint::parse("127.0.0.1", 443), Eq(endpoint));
  EXPECT_THAT(*Endpoint::parse("127.0.0.1", 444), Ne(endpoint));
  EXPECT_THAT(*Endpoint::parse("127.0.0.2", 443), Ne(endpoint));
  EXPECT_THAT(*Endpoint::parse("::ffff:127.0.0.1", 443), Ne(endpoint));
}

}  // namespace
}  // namespace wsm::io
