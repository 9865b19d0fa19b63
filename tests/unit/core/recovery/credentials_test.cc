#include "core/recovery/credentials.h"

#include <gtest/gtest.h>

namespace wsm {
namespace {

class CredentialsTest : public ::testing::Test {
 protected:
  Credentials credentials;
};

TEST_F(CredentialsTest, WillDoUntilTheyAreRefused) {
  EXPECT_FALSE(credentials.must_refresh());

  credentials.handle_refused();

  EXPECT_TRUE(credentials.must_refresh());
}

TEST_F(CredentialsTest, WillDoAgainOnceAConnectionHasOpened) {
  credentials.handle_refused();

  credentials.handle_opened();

  EXPECT_FALSE(credentials.must_refresh());
}

TEST_F(CredentialsTest, OpeningDoesNotForgetThatTheyWereRefused) {
  credentials.handle_refused();
  credentials.handle_opened();

  credentials.handle_refused();
  EXPECT_EQ(credentials.refusals(), 2U) << "accepted, and then closed";

  credentials.forget();
  EXPECT_EQ(credentials.refusals(), 0U);
}

TEST_F(CredentialsTest, ARefusalThatIsTakenBackHasNotBeen) {
  credentials.handle_refused();
  credentials.take_back();
  EXPECT_FALSE(credentials.must_refresh());
  EXPECT_EQ(credentials.refusals(), 0U);

  credentials.handle_refused();
  credentials.handle_refused();
  credentials.take_back();
  EXPECT_TRUE(credentials.must_refresh()) << "the one before stands";
  EXPECT_EQ(credentials.refusals(), 1U);
}

}  // namespace
}  // namespace wsm
