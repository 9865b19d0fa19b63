#include "sim/network.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

class NetworkTest : public ::testing::Test {
 protected:
  void dial() {
    network.dial(
        "here", [this](const Wire& wire) { server = wire; },
        [this](const Wire& wire) { client = wire; }, [this] { is_refused = true; });
  }

  World world{1};
  Network network{world, {.latency = 10ms}};
  std::optional<Wire> server;
  std::optional<Wire> client;
  bool is_refused = false;
};

TEST_F(NetworkTest, ConnectsInARoundTrip) {
  dial();
  world.run_for(10ms);
  EXPECT_TRUE(server);
  EXPECT_FALSE(client);
  world.run_for(10ms);
  EXPECT_TRUE(client);
}

TEST_F(NetworkTest, ANameCanBeDeadWhileOthersAreNot) {
  network.set_on_dial("here", OnDial::kRefuse);
  network.set_on_dial("there", OnDial::kAccept);
  dial();
  world.run_for(20ms);
  EXPECT_TRUE(is_refused);

  network.revive_hosts();
  dial();
  world.run_for(20ms);

  EXPECT_TRUE(client);
}

TEST_F(NetworkTest, RefusesAfterARoundTrip) {
  network.set_on_dial(OnDial::kRefuse);
  dial();
  world.run_for(20ms - 1ns);
  EXPECT_FALSE(is_refused);
  world.run_for(1ns);
  EXPECT_TRUE(is_refused);
  EXPECT_FALSE(server);
}

TEST_F(NetworkTest, SaysNothingInAnOutage) {
  network.set_on_dial(OnDial::kIgnore);
  dial();
  world.run_for(1h);
  EXPECT_FALSE(client || server || is_refused);
}

TEST_F(NetworkTest, CarriesBothDirections) {
  dial();
  world.run_for(20ms);
  client->to_server->write("ping");
  server->to_client->write("pong");
  world.run_for(10ms);

  EXPECT_EQ(server->to_server->arrived(), "ping");
  EXPECT_EQ(client->to_client->arrived(), "pong");
}

TEST_F(NetworkTest, AResetEndsBothDirections) {
  dial();
  world.run_for(20ms);
  client->reset();

  EXPECT_EQ(server->to_server->end(), StreamEnd::kReset);
  EXPECT_EQ(client->to_client->end(), StreamEnd::kReset);
}

}  // namespace
}  // namespace wsm::sim
