#include "core/recovery/endpoint_rotation.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kUrls{"wss://a.test/feed", "wss://b.test/feed", "ws://c.test/feed"};

std::string pick(const EndpointChoice& choice) { return kUrls[pick_url(choice, kUrls)]; }

TEST(PickUrlTest, BeginsWhereItIsToldAndGoesRound) {
  EXPECT_EQ(pick({.first = 0}), kUrls[0]);
  EXPECT_EQ(pick({.first = 2}), kUrls[2]);
  EXPECT_EQ(pick({.first = 3}), kUrls[0]);
}

TEST(PickUrlTest, PassesOverWhatIsShut) {
  EXPECT_EQ(pick({.first = 0, .shut = {"a.test:443"}}), kUrls[1]);
  EXPECT_EQ(pick({.first = 1, .shut = {"b.test:443", "c.test:80"}}), kUrls[0]);
}

TEST(PickUrlTest, TellsPortsApart) {
  EXPECT_EQ(pick({.first = 0, .shut = {"a.test:80"}}), kUrls[0]);
}

TEST(PickUrlTest, TakesTheFirstWhereAllAreShut) {
  EXPECT_EQ(pick({.first = 1, .shut = {"a.test:443", "b.test:443", "c.test:80"}}), kUrls[1]);
}

TEST(EndpointOfTest, IsHostAndPortAndNothingForWhatIsNoUrl) {
  EXPECT_EQ(endpoint_of("wss://a.test/feed?token=1"), "a.test:443");
  EXPECT_EQ(endpoint_of("a.test"), "");
}

TEST(EndpointRotationTest, KnowsNoOrderBeforeThereWasAList) {
  EndpointRotation rotation;

  rotation.handle_failed(0);

  EXPECT_THAT(rotation.order(), IsEmpty());
}

TEST(EndpointRotationTest, GoesOnAfterEachFailureAndRound) {
  EndpointRotation rotation;
  rotation.handle_listed({"a", "b", "c"});
  EXPECT_THAT(rotation.order(), ElementsAre("a", "b", "c"));

  rotation.handle_failed(0);
  EXPECT_THAT(rotation.order(), ElementsAre("b", "c", "a"));

  rotation.handle_failed(2);
  EXPECT_THAT(rotation.order(), ElementsAre("a", "b", "c"));
}

TEST(EndpointRotationTest, StaysWhereAConnectionHasOpened) {
  EndpointRotation rotation;
  rotation.handle_listed({"a", "b", "c"});
  rotation.handle_failed(0);

  rotation.handle_opened(2);

  EXPECT_EQ(rotation.current(), 2U);
  EXPECT_THAT(rotation.order(), ElementsAre("c", "a", "b"));
}

TEST(EndpointRotationTest, AListThatHasBecomeShorterIsGoneRoundAllTheSame) {
  EndpointRotation rotation;
  rotation.handle_listed({"a", "b", "c"});
  rotation.handle_failed(2);

  rotation.handle_listed({"a", "b"});

  EXPECT_THAT(rotation.order(), ElementsAre("b", "a"));
}

}  // namespace
}  // namespace wsm
