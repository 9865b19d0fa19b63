#include "io/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::io {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Endpoint> endpoints(const std::vector<std::string>& addresses) {
  std::vector<Endpoint> made;
  for (const auto& address : addresses) made.push_back(*Endpoint::parse(address, 1));
  return made;
}

std::vector<std::string> interleaved(const std::vector<std::string>& addresses) {
  std::vector<std::string> texts;
  for (const auto& endpoint : interleave_families(endpoints(addresses))) {
    texts.push_back(to_string(endpoint));
  }
  return texts;
}

TEST(ResolverTest, TakesAddressesInFiguresAsTheyAre) {
  const auto v4 = resolve("192.0.2.7", 443);
  const auto v6 = resolve("2001:db8::7", 443);

  ASSERT_TRUE(v4 && v6);
  EXPECT_THAT(*v4, ElementsAre(*Endpoint::parse("192.0.2.7", 443)));
  EXPECT_THAT(*v6, ElementsAre(*Endpoint::parse("2001:db8::7", 443)));
}

TEST(ResolverTest, PutsTheFamiliesInTurns) {
  EXPECT_THAT(interleaved({"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"}),
              ElementsAre("[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1", "[::3]:1"));
}

TEST(ResolverTest, BeginsWithTheFamilyThatTheSystemPrefers) {
  EXPECT_THAT(interleaved({"10.0.0.1", "10.0.0.2", "::1"}),
              ElementsAre("10.0.0.1:1", "[::1]:1", "10.0.0.2:1"));
}

TEST(ResolverTest, KeepsTheOrderOfASingleFamily) {
  EXPECT_THAT(interleaved({"10.0.0.2", "10.0.0.1"}), ElementsAre("10.0.0.2:1", "10.0.0.1:1"));
  EXPECT_THAT(interleaved({}), IsEmpty());
}

TEST(ResolverTest, DropsDuplicates) {
  EXPECT_THAT(interleaved({"::1", "10.0.0.1", "::1", "10.0.0.1", "::2"}),
              ElementsAre("[::1]:1", "10.0.0.1:1", "[::2]:1"));
}

}  // namespace
}  // namespace wsm::io
