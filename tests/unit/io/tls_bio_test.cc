#include "io/tls_bio.h"

#include <array>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>

namespace wsm::io {
namespace {

using ::testing::Eq;

class TlsBioTest : public ::testing::Test {
 protected:
  std::string read(int size) {
    std::array<char, 64> space{};
    const int count = BIO_read(bio.get(), space.data(), size);
    return count <= 0 ? "" : std::string{space.data(), static_cast<std::size_t>(count)};
  }

  const std::string input = "abcdef";
  TlsRecords records;
  std::unique_ptr<BIO, decltype(&BIO_free)> bio{make_record_bio(records), &BIO_free};
};

TEST_F(TlsBioTest, ReadsFromTheFrontOfTheInput) {
  records.input = std::as_bytes(std::span{input});

  EXPECT_THAT(read(4), Eq("abcd"));
  EXPECT_THAT(read(4), Eq("ef"));
  EXPECT_TRUE(records.input.empty());
}

TEST_F(TlsBioTest, AsksToRetryWhenTheInputIsEmpty) {
  EXPECT_THAT(read(4), Eq(""));
  EXPECT_TRUE(BIO_should_retry(bio.get()));
  EXPECT_TRUE(BIO_should_read(bio.get()));

  records.input = std::as_bytes(std::span{input});
  EXPECT_THAT(read(1), Eq("a"));
  EXPECT_FALSE(BIO_should_retry(bio.get()));
}

TEST_F(TlsBioTest, AsksToRetryWhenTheAllowanceIsUsedUp) {
  records.input = std::as_bytes(std::span{input});
  records.allowance = 2;

  EXPECT_THAT(read(4), Eq("ab"));
  EXPECT_THAT(read(4), Eq(""));
  EXPECT_TRUE(BIO_should_read(bio.get()));

  records.allowance = 100;
  EXPECT_THAT(read(4), Eq("cdef"));
}

TEST_F(TlsBioTest, WritesAppendToTheOutput) {
  EXPECT_THAT(BIO_write(bio.get(), "one", 3), Eq(3));
  EXPECT_THAT(BIO_write(bio.get(), "two", 3), Eq(3));
  EXPECT_THAT(BIO_flush(bio.get()), Eq(1));

  const auto output = records.output.front();
  EXPECT_THAT(std::string(reinterpret_cast<const char*>(output.data()), output.size()),
              Eq("onetwo"));
}

}  // namespace
}  // namespace wsm::io
