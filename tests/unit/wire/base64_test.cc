#include "wire/base64.h"

#include <string>

#include <gtest/gtest.h>

namespace wsm {
namespace {

// RFC 4648, section 10.
TEST(Base64Test, EncodesTheVectorsOfTheRfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64Test, EncodesEveryByte) {
  EXPECT_EQ(base64(std::string("\xff\xfe\xfd\0", 4)), "//79AA==");
}

}  // namespace
}  // namespace wsm
