#include "wire/ip_address.h"

#include <string>

#include <gtest/gtest.h>

namespace wsm {
namespace {

TEST(IpAddressTest, ReadsBothFamilies) {
  EXPECT_EQ(ip_address_bytes("192.0.2.1"), (std::string{"\xC0\x00\x02\x01", 4}));
  EXPECT_EQ(ip_address_bytes("::1"), std::string(15, '\0') + '\1');
}

TEST(IpAddressTest, TheSameAddressHasTheSameBytes) {
  EXPECT_EQ(ip_address_bytes("2001:db8::0:1"), ip_address_bytes("2001:DB8:0:0:0:0:0:1"));
}

TEST(IpAddressTest, ReadsNothingElse) {
  for (const char* text :
       {"", "localhost", "127.0.0.1:80", "[::1]", "fe80::1%eth0", "1.2.3", "1.2.3.256", " ::1"}) {
    EXPECT_EQ(ip_address_bytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace wsm
