// Where a shard goes when a server answers an upgrade with a redirect.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ShardRedirectsTest : public test::WorldFixture {
 protected:
  void redirect(const std::string& path, const std::string& location, int status = 302) {
    world->behaviour.refusals[path] =
        "HTTP/1.1 " + std::to_string(status) + " Found\r\nLocation: " + location + "\r\n\r\n";
  }
  [[nodiscard]] std::string last_refusal() const {
    const auto ends = world->events_of<event::Disconnected>();
    return ends.empty() ? "none" : ends.back().reason.detail;
  }
};

TEST_F(ShardRedirectsTest, GoesThereAtOnce) {
  make();
  redirect("/feed", "/v2/feed?x=1");
  start({1});

  EXPECT_THAT(world->dialed_paths, ElementsAre("/feed", "/v2/feed?x=1"));
  EXPECT_TRUE(world->core.is_live());
  EXPECT_THAT(world->errors, IsEmpty()) << "a redirect is no failure";
  EXPECT_EQ(world->shard().attempt, 0U);
}

TEST_F(ShardRedirectsTest, KnowsEachStatusThatIsOne) {
  for (const int status : {301, 302, 303, 307, 308}) {
    make();
    redirect("/feed", "/new", status);
    start({1});
    EXPECT_TRUE(world->core.is_live()) << status;
  }
}

TEST_F(ShardRedirectsTest, FollowsSeveralUpToItsLimit) {
  config.max_redirects(2);
  make();
  redirect("/feed", "/1");
  redirect("/1", "/2");
  start({1});
  EXPECT_TRUE(world->core.is_live());

  make();
  redirect("/feed", "/1");
  redirect("/1", "/2");
  redirect("/2", "/3");
  start({1});
  EXPECT_FALSE(world->core.is_live());
  EXPECT_THAT(world->dialed_paths, ElementsAre("/feed", "/1", "/2"));
  EXPECT_THAT(last_refusal(), HasSubstr("not followed: more than max_redirects in a row"));
  EXPECT_EQ(world->shard().attempt, 1U);
}

TEST_F(ShardRedirectsTest, FollowsNoneIfThatIsWhatIsWanted) {
  config.max_redirects(0);
  make();
  redirect("/feed", "/new");
  start({1});
  EXPECT_THAT(world->dialed_paths, ElementsAre("/feed"));
}

TEST_F(ShardRedirectsTest, ARingIsCalledSlowlyAndBeganFromItsBeginning) {
  make();
  redirect("/feed", "/1");
  redirect("/1", "/feed");
  start({1});
  EXPECT_THAT(world->dialed_paths, SizeIs(6)) << "the first attempt, and five redirects";
  world->run_for(30s);
  EXPECT_THAT(world->dialed_paths, SizeIs(12));
  EXPECT_EQ(world->dialed_paths[6], "/feed");
}

TEST_F(ShardRedirectsTest, DoesNotGoToAnotherHost) {
  make();
  redirect("/feed", "ws://elsewhere.test/feed");
  start({1});
  EXPECT_THAT(world->dialed_hosts, Each(std::string{"venue.test"}));
  EXPECT_THAT(last_refusal(), HasSubstr("not followed: to another host"));
}

TEST_F(ShardRedirectsTest, SaysNothingBadAboutTheEndpoint) {
  config.circuit_breaker_threshold(1);
  make();
  redirect("/feed", "/new");
  start({1});
  cut();
  world->run_for(1s);
  EXPECT_THAT(world->events_of<event::CircuitBreakerChanged>(), IsEmpty());
  EXPECT_THAT(world->dialed_paths, ElementsAre("/feed", "/new", "/feed", "/new"))
      << "each attempt begins where the handler says";
}

TEST_F(ShardRedirectsTest, ComesBackWhenItWasTheTargetThatWasDown) {
  config.circuit_breaker_threshold(2);
  make();
  redirect("/feed", "ws://venue.test:81/there");
  world->behaviour.refusals["/there"] = "HTTP/1.1 503 Busy\r\n\r\n";
  start({1});
  world->run_for(1h);
  EXPECT_FALSE(world->core.is_live());
  for (const auto& it : world->events_of<event::CircuitBreakerChanged>()) {
    EXPECT_EQ(it.endpoint, "venue.test:81") << "who redirects is not to blame";
  }
  const auto dials = world->dialed_paths.size();
  world->run_for(1h);
  EXPECT_LE(world->dialed_paths.size() - dials, 2U * 3600 / 15 + 2) << "two for each attempt";

  world->behaviour.refusals.erase("/there");
  world->run_for(1min);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardRedirectsTest, CountsThoseOfOneAttemptOnly) {
  config.max_redirects(1);
  make();
  redirect("/feed", "/there");
  world->behaviour.refusals["/there"] = "HTTP/1.1 500 Oops\r\n\r\n";
  start({1});
  world->run_for(10min);
  for (const auto& it : world->events_of<event::Disconnected>()) {
    EXPECT_THAT(it.reason.detail, Not(HasSubstr("max_redirects")));
  }
}

TEST_F(ShardRedirectsTest, WaitsIfItIsToldTo) {
  make();
  world->behaviour.refusals["/feed"] =
      "HTTP/1.1 307 Later\r\nRetry-After: 120\r\nLocation: /there\r\n\r\n";
  start({1});
  world->run_for(119s);
  EXPECT_THAT(world->dialed_paths, ElementsAre("/feed"));
  EXPECT_THAT(world->errors, IsEmpty()) << "to wait is not to fail";
  EXPECT_EQ(world->shard().attempt, 0U);
  world->run_for(4s);
  EXPECT_THAT(world->dialed_paths, ElementsAre("/feed", "/there"));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardRedirectsTest, AnotherUrlIsTriedWhereTheTargetIsDown) {
  make();
  world->behaviour.urls = {"ws://a.test/feed", "ws://c.test/other"};
  redirect("/feed", "/there");
  world->behaviour.refusals["/there"] = "HTTP/1.1 500 Oops\r\n\r\n";
  start({1});
  world->run_for(1s);
  EXPECT_TRUE(world->core.is_live());
  EXPECT_EQ(world->dialed_hosts.back(), "c.test");
}

TEST_F(ShardRedirectsTest, AServerThatRedirectsWorks) {
  config.circuit_breaker_threshold(1);
  make();
  world->behaviour.refusals["/feed"] = "HTTP/1.1 500 Oops\r\n\r\n";
  start({1});
  ASSERT_THAT(world->events_of<event::CircuitBreakerChanged>(), SizeIs(1));
  redirect("/feed", "/new");
  world->run_for(2min);
  EXPECT_TRUE(world->core.is_live());
  EXPECT_EQ(world->events_of<event::CircuitBreakerChanged>().back().status, CircuitStatus::kClosed);
}

TEST_F(ShardRedirectsTest, EachCountsAsAConnect) {
  config.connects_per_window(1).connect_window(10s);
  make();
  redirect("/feed", "/new");
  start({1});
  EXPECT_THAT(world->dialed_paths, ElementsAre("/feed"));
  world->run_for(10s);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardRedirectsTest, ARenewalThatIsRedirectedComesThroughLater) {
  config.proactive_reconnect_interval(10min);
  make();
  start({1});
  redirect("/feed", "/new");
  world->run_for(20min);
  EXPECT_TRUE(world->core.is_live());
  EXPECT_EQ(world->server().upgrade_request().substr(0, 8), "GET /new");
}

}  // namespace
}  // namespace wsm
