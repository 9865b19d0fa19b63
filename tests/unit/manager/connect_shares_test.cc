#include "manager/connect_shares.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "io/steady_clock.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

/// One connect an hour from each of `sources`.
ConnectShares shares_of(const std::string& venue, std::vector<std::string> sources) {
  const auto config = ShardManagerConfig::builder()
                          .connects_per_window(1)
                          .connect_window(1h)
                          .venue(venue)
                          .source_ips(std::move(sources))
                          .build();
  ConnectShares shares{config.value(), [] {}};
  shares.join();
  return shares;
}

bool reserve(const ConnectShares& shares, std::size_t source = 0) {
  return shares.slots().at(source)->reserve(io::now());
}

TEST(ConnectSharesTest, AreNoneWithoutALimitAndAVenue) {
  const auto config = ShardManagerConfig::builder().build();

  const ConnectShares shares{config.value(), [] {}};

  EXPECT_TRUE(shares.is_empty());
  EXPECT_TRUE(shares.slots().empty());
}

TEST(ConnectSharesTest, OfOneVenueAreTheSame) {
  const ConnectShares first = shares_of("one", {});
  const ConnectShares second = shares_of("one", {});
  const ConnectShares elsewhere = shares_of("another", {});

  EXPECT_TRUE(reserve(first));
  EXPECT_FALSE(reserve(second));
  EXPECT_TRUE(reserve(elsewhere));
}

TEST(ConnectSharesTest, OfThoseWhoNameNoVenueAreTheSame) {
  const ConnectShares first = shares_of("", {});
  const ConnectShares second = shares_of("", {});

  EXPECT_TRUE(reserve(first));
  EXPECT_FALSE(reserve(second));
}

TEST(ConnectSharesTest, HoldWhoNamesAVenueAndHasNoLimit) {
  const auto config = ShardManagerConfig::builder().venue("limited").build();
  ConnectShares unlimited{config.value(), [] {}};
  unlimited.join();
  const ConnectShares limited = shares_of("limited", {});

  EXPECT_TRUE(reserve(unlimited));
  EXPECT_FALSE(reserve(limited));
  EXPECT_FALSE(reserve(unlimited));
}

TEST(ConnectSharesTest, OfEachSourceAreApartHoweverItIsWritten) {
  const ConnectShares first = shares_of("sources", {"127.0.0.1", "::1"});
  const ConnectShares second = shares_of("sources", {"0:0:0:0:0:0:0:1", "127.0.0.2"});
  const ConnectShares any = shares_of("sources", {});

  EXPECT_TRUE(reserve(first, 0));
  EXPECT_TRUE(reserve(first, 1));
  EXPECT_FALSE(reserve(second, 0)) << "::1, which the other has used";
  EXPECT_TRUE(reserve(second, 1));
  EXPECT_TRUE(reserve(any));
}

TEST(ConnectSharesTest, GiveNothingOnceTheyHaveLeft) {
  ConnectShares first = shares_of("left", {});
  const ConnectShares second = shares_of("left", {});
  ASSERT_TRUE(reserve(first));

  first.leave();

  EXPECT_FALSE(reserve(first));
  EXPECT_TRUE(reserve(second));
}

}  // namespace
}  // namespace wsm
