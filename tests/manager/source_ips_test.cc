// Connections that come from addresses of our choice. All of 127.0.0.0/8 is this machine's.

#include <mutex>
#include <set>
#include <string>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class SourceIpsTest : public ManagerFixture {
 protected:
  void make_with(std::vector<std::string> sources) {
    config.max_subscriptions_per_shard(1).source_ips(std::move(sources));
    make(server.url());
  }

  std::mutex mutex;
  std::multiset<std::string> clients;
  RawServer server{[this](RawConnection& connection) {
    {
      const std::lock_guard lock{mutex};
      clients.insert(connection.client_address());
    }
    if (connection.accept_upgrade()) connection.wait_until_closed();
  }};
};

TEST_F(SourceIpsTest, ShardsAreSpreadOverThem) {
  make_with({"127.0.0.21", "127.0.0.22"});
  ASSERT_TRUE(manager->start());
  ASSERT_TRUE(manager->wait_until_live(kPatience));
  ASSERT_TRUE(manager->stop(kPatience));

  const std::lock_guard lock{mutex};
  EXPECT_THAT(clients, UnorderedElementsAre("127.0.0.21", "127.0.0.21", "127.0.0.22"));
}

/// 192.0.2.0/24 is nobody's (RFC 5737).
TEST_F(SourceIpsTest, OneThatIsNotOursIsNamed) {
  make_with({"192.0.2.1"});
  ASSERT_TRUE(manager->start());

  ASSERT_TRUE(journal().wait_for([](const Notes& notes) { return !notes.errors.empty(); }));

  const DisconnectReason reason = notes().errors.at(0).reason;
  EXPECT_EQ(reason.kind, DisconnectKind::kSourceFailed);
  EXPECT_THAT(reason.detail, HasSubstr("from 192.0.2.1: Cannot assign requested address"));
}

TEST_F(SourceIpsTest, WhatOneThatIsNotOursWouldHaveCarriedComesFromTheOthers) {
  make_with({"127.0.0.21", "192.0.2.1", "::1"});
  ASSERT_TRUE(manager->start());

  EXPECT_TRUE(manager->wait_until_live(kPatience));
  ASSERT_TRUE(manager->stop(kPatience));
  const std::lock_guard lock{mutex};
  EXPECT_THAT(clients, UnorderedElementsAre("127.0.0.21", "127.0.0.21", "127.0.0.21"));
}

TEST_F(SourceIpsTest, OneOfAnotherFamilyThanTheServersIsNamed) {
  make_with({"::1"});
  ASSERT_TRUE(manager->start());

  ASSERT_TRUE(journal().wait_for([](const Notes& notes) { return !notes.errors.empty(); }));

  EXPECT_THAT(notes().errors.at(0).reason.detail,
              HasSubstr("127.0.0.1 has no IPv6 address, which source ::1 would need"));
}

}  // namespace
}  // namespace wsm::testing
