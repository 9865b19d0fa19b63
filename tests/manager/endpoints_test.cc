// A handler that names several servers, of which some are not there.

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;

class EndpointsTest : public ManagerFixture {
 protected:
  /// A second venue, and a manager for `urls` that notes where each connection greets.
  void start_at(const std::vector<std::string>& urls) {
    before = [this](std::string_view hook, const ConnectionState* state) {
      if (hook != "on_connect") return;
      const std::lock_guard lock{mutex_};
      greeted_.push_back(state->url);
    };
    ASSERT_NO_FATAL_FAILURE(make(urls.front()));
    handler->server_urls = urls;
    ASSERT_TRUE(manager->start());
    ASSERT_TRUE(manager->wait_until_live(kPatience));
    ASSERT_TRUE(wait_for_data());
  }
  void start_other() {
    auto started = venue::Venue::start(venue_options);
    ASSERT_TRUE(started);
    other = *std::move(started);
  }
  [[nodiscard]] std::vector<std::string> greeted() {
    const std::lock_guard lock{mutex_};
    return greeted_;
  }

  std::unique_ptr<venue::Venue> other;

 private:
  std::mutex mutex_;
  std::vector<std::string> greeted_;
};

TEST_F(EndpointsTest, WhatAClosedVenueHasCarriedIsLiveAtTheOther) {
  start_venue();
  start_other();
  start_at({venue->url(), other->url()});
  const std::vector<std::string> urls{venue->url(), other->url()};

  venue.reset();

  EXPECT_TRUE(wait_for_event<event::Connected>(2));
  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_THAT(greeted(), ElementsAre(urls[0], urls[1]));
  // The venue counts behind the last byte of its answer, which we may read before.
  EXPECT_TRUE(eventually([&] { return other->counters().connections_opened == 1; }));
  EXPECT_TRUE(manager->stop(kPatience));
  manager.reset();
}

TEST_F(EndpointsTest, AServerThatRefusesIsPassedOver) {
  const RefusingPort refusing;
  start_venue();

  start_at({refusing.url(), venue->url()});

  EXPECT_THAT(greeted(), ElementsAre(venue->url()));
  ASSERT_THAT(notes().errors.size(), Ge(1U));
  EXPECT_EQ(notes().errors[0].reason.kind, DisconnectKind::kConnectFailed);
  EXPECT_EQ(notes().calls_of("url"), 0U) << "urls has an answer";
}

TEST_F(EndpointsTest, AServerThatSwallowsConnectsCostsOneConnectTimeout) {
  const BlackHole hole;
  config.connect_timeout(300ms);
  start_venue();

  start_at({hole.url(), venue->url()});

  EXPECT_THAT(greeted(), ElementsAre(venue->url()));
  EXPECT_EQ(notes().errors[0].reason.kind, DisconnectKind::kConnectTimeout);
}

}  // namespace
}  // namespace wsm::testing
