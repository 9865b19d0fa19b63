#include <gmock/gmock.h>

#include <wsm/version.h>

namespace wsm {
namespace {

TEST(VersionTest, IsThatOfTheProject) { EXPECT_EQ(version(), WSM_PROJECT_VERSION); }

}  // namespace
}  // namespace wsm
