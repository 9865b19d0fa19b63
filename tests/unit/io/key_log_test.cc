#include "io/key_log.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/io/tls_server_end.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string content_of(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream{path}.rdbuf();
  return content.str();
}

TEST(KeyLogTest, AppendsLines) {
  const testing::TemporaryFile file{"before\n"};
  KeyLog log;
  EXPECT_THAT(log.open(file.path()), IsEmpty());
  log.append("one");
  log.append("two");
  EXPECT_THAT(content_of(file.path()), Eq("before\none\ntwo\n"));
}

TEST(KeyLogTest, IsForItsOwnerOnly) {
  const testing::TemporaryFile file{""};
  std::filesystem::remove(file.path());
  KeyLog log;
  ASSERT_THAT(log.open(file.path()), IsEmpty());
  const auto rights = std::filesystem::status(file.path()).permissions();
  EXPECT_EQ(rights & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(KeyLogTest, SaysWhyItCannotBeWritten) {
  KeyLog log;
  EXPECT_THAT(log.open("/nowhere/keys"), Eq("No such file or directory"));
  EXPECT_FALSE(log.is_open());
}

TEST(KeyLogTest, HasTheSecretsOfAConnection) {
  const testing::TemporaryFile file{""};
  TlsOptions options;
  options.dangerously_skip_verification = true;
  options.key_log_file = file.path();
  testing::TlsServerEnd server{testing::make_self_signed({})};
  TlsFilter filter{*TlsContext::create(options), "a.example"};
  ASSERT_THAT(complete_handshake(filter, server), Eq(TlsStatus::kOk));
  EXPECT_THAT(content_of(file.path()),
              AllOf(HasSubstr("CLIENT_TRAFFIC_SECRET_0 "), HasSubstr("SERVER_TRAFFIC_SECRET_0 ")));
}

}  // namespace
}  // namespace wsm::io
