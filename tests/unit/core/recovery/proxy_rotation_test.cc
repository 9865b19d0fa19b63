#include "core/recovery/proxy_rotation.h"

#include <chrono>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using namespace std::chrono_literals;

class ProxyRotationTest : public ::testing::Test {
 protected:
  static BackoffOptions backoff() {
    BackoffOptions options;
    options.initial_delay = 1s;
    options.max_delay = 10s;
    options.jitter = false;
    return options;
  }

  /// Which come next.
  std::vector<ProxyIndex> taken(int count) {
    std::vector<ProxyIndex> proxy;
    for (int i = 0; i < count; ++i) proxy.push_back(proxies.take(now)->proxy);
    return proxy;
  }
  void fail(ProxyIndex proxy) { proxies.handle_failed({proxy, now}, {}, now); }

  SeededRng rng{1};
  ProxyRotation proxies{{"a", "b", "c"}, backoff(), rng};
  TimePoint now{1h};
};

TEST_F(ProxyRotationTest, IsNoneWhereThereAreNone) {
  ProxyRotation none{{}, backoff(), rng};
  EXPECT_FALSE(none.take(now));
}

TEST_F(ProxyRotationTest, GoesRound) { EXPECT_THAT(taken(5), ElementsAre(0U, 1U, 2U, 0U, 1U)); }

TEST_F(ProxyRotationTest, KnowsTheirNames) { EXPECT_EQ(proxies.name(1), "b"); }

TEST_F(ProxyRotationTest, LeavesOutWhatHasFailedUntilItsTimeComes) {
  fail(1);
  EXPECT_FALSE(proxies.is_working(1));
  EXPECT_THAT(taken(5), ElementsAre(0U, 2U, 0U, 2U, 0U));

  now += 1s;
  EXPECT_THAT(taken(1), ElementsAre(1U));
}

TEST_F(ProxyRotationTest, LetsOneConnectionTryItHoweverLongThatTakes) {
  fail(0);
  now += 1s;
  const auto trial = proxies.take(now);
  EXPECT_EQ(trial->proxy, 0U);
  now += 1h;
  EXPECT_THAT(taken(4), ElementsAre(1U, 2U, 1U, 2U));

  proxies.handle_opened(*trial);
  EXPECT_THAT(taken(1), ElementsAre(0U));
  EXPECT_TRUE(proxies.is_working(0));
}

TEST_F(ProxyRotationTest, ATrialThatIsGivenUpIsMadeAgain) {
  fail(0);
  now += 1s;
  const auto trial = proxies.take(now);
  proxies.handle_given_up(*trial);
  EXPECT_THAT(taken(3), ElementsAre(1U, 2U, 0U));
  EXPECT_FALSE(proxies.is_working(0));
}

TEST_F(ProxyRotationTest, WhoWasOnItsWayBeforeTheFailureEndsNoTrial) {
  const ProxyRotation::Use early{0, now};
  now += 1s;
  fail(0);
  now += 1s;
  EXPECT_THAT(taken(1), ElementsAre(0U));
  proxies.handle_given_up(early);
  EXPECT_THAT(taken(4), Not(Contains(0U)));
}

TEST_F(ProxyRotationTest, WaitsLongerWithEachFailure) {
  fail(0);
  now += 1s;
  fail(0);
  now += 1s;
  EXPECT_THAT(taken(4), ElementsAre(1U, 2U, 1U, 2U));
  now += 1s;
  EXPECT_THAT(taken(1), ElementsAre(0U));
}

TEST_F(ProxyRotationTest, ThoseThatWereOnTheirWayWhenItFailedSayNothingNew) {
  const ProxyRotation::Use first{0, now};
  const ProxyRotation::Use second{0, now};
  now += 1s;
  proxies.handle_failed(first, {}, now);
  for (int i = 0; i < 10; ++i) proxies.handle_failed(second, {}, now);
  now += 1s;
  EXPECT_THAT(taken(3), Contains(0U)) << "one failure, one second";
}

TEST_F(ProxyRotationTest, WaitsAsLongAsItHasSaidItself) {
  proxies.handle_failed({0, now}, 1min, now);
  now += 59s;
  EXPECT_THAT(taken(4), Not(Contains(0U)));
  now += 1s;
  EXPECT_THAT(taken(3), Contains(0U));
}

TEST_F(ProxyRotationTest, BeginsAnewAfterASuccess) {
  for (int i = 0; i < 5; ++i) {
    fail(0);
    now += 10s;
  }
  proxies.handle_opened({0, now});
  fail(0);
  now += 1s;
  EXPECT_THAT(taken(3), Contains(0U));
}

TEST_F(ProxyRotationTest, TakesTheOneThatIsDueFirstWhereAllHaveFailed) {
  fail(0);
  proxies.handle_failed({1, now}, {}, now - 500ms);
  fail(2);
  EXPECT_EQ(proxies.next_due(), now + 500ms);
  EXPECT_THAT(taken(1), ElementsAre(1U));
}

TEST_F(ProxyRotationTest, IsAlwaysTheOnlyOne) {
  ProxyRotation one{{"a"}, backoff(), rng};
  one.handle_failed({0, now}, {}, now);
  EXPECT_EQ(one.take(now)->proxy, 0U);
  EXPECT_EQ(one.next_due(), now + 1s);
}

}  // namespace
}  // namespace wsm
