#include "wire/inflater.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "unit/wire/server_deflate.h"
#include "wire/close_code.h"

namespace wsm {
namespace {

using testing::as_bytes;
using testing::as_text;
using testing::bytes;
using testing::Bytes;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Le;
using testing::ServerDeflate;
using Context = ServerDeflate::Context;

class InflaterTest : public ::testing::Test {
 protected:
  /// The messages that `payload` expands to, in one piece; "error" where it does not.
  std::string expand(std::span<const std::byte> payload) {
    GatherBuffer out;
    auto error = inflater.inflate(payload, out);
    if (!error) error = inflater.finish(out);
    if (error) fault = error->detail;
    return error ? "error" : as_text(out.bytes());
  }
  std::string expand(std::string_view payload) { return expand(as_bytes(payload)); }

  Inflater inflater{{.window_bits = 15, .keeps_context = true, .message_bytes_max = 1 << 20}};
  ServerDeflate server;
  std::string fault;
};

// RFC 7692, section 7.2.3.
TEST_F(InflaterTest, FromRfcExampleOneBlock) {
  EXPECT_EQ(expand(bytes({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00})), "Hello");
}

TEST_F(InflaterTest, FromRfcExampleSharedWindow) {
  EXPECT_EQ(expand(bytes({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00})), "Hello");
  EXPECT_EQ(expand(bytes({0xf2, 0x00, 0x11, 0x00, 0x00})), "Hello");
}

TEST_F(InflaterTest, FromRfcExampleBlockWithoutCompression) {
  EXPECT_EQ(expand(bytes({0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00})),
            "Hello");
}

TEST_F(InflaterTest, FromRfcExampleFinalBlock) {
  EXPECT_EQ(expand(bytes({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00})), "Hello");
}

TEST_F(InflaterTest, FromRfcExampleTwoBlocks) {
  EXPECT_EQ(
      expand(bytes({0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00})),
      "Hello");
}

TEST_F(InflaterTest, FromRfcExampleEmptyMessage) { EXPECT_EQ(expand(bytes({0x00})), ""); }

TEST_F(InflaterTest, TakesAnEmptyMessageOfWhichTheServerHadNothingToSay) {
  EXPECT_EQ(expand(server.compress("first")), "first");
  const std::string nothing = server.compress("");
  ASSERT_EQ(nothing, "");

  EXPECT_EQ(expand(nothing), "");
  EXPECT_EQ(expand(server.compress("first again")), "first again");
}

TEST_F(InflaterTest, FinalBlocksMayBeTheEndOfAMessage) {
  std::string payload = server.compress_as_final("first");
  payload.pop_back();  // Some servers leave the empty block behind it out.

  EXPECT_EQ(expand(payload), "first");
  EXPECT_EQ(expand(server.compress("second")), "second");
}

TEST_F(InflaterTest, TheWindowOutlivesAFinalBlock) {
  const Bytes hello = bytes({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00});
  EXPECT_EQ(expand(hello), "Hello");
  EXPECT_EQ(expand(bytes({0xf2, 0x00, 0x11, 0x00, 0x00})), "Hello");
}

TEST_F(InflaterTest, SeveralBlocksAreOneMessage) {
  EXPECT_EQ(expand(server.compress_in_blocks("one ", "two")), "one two");
}

TEST_F(InflaterTest, EveryWindowAndLevelComesBackInEveryPiece) {
  SeededRng rng{7};
  for (int bits = 9; bits <= 15; ++bits) {
    for (const int level : {0, 1, 9}) {
      Inflater narrow{{.window_bits = bits, .keeps_context = true, .message_bytes_max = 1 << 20}};
      ServerDeflate sender{Context::kKept, bits, level};
      for (int i = 0; i < 20; ++i) {
        std::string message;
        while (message.size() < rng.below(3000)) message += std::to_string(rng.below(50)) + ",";
        const std::string payload = sender.compress(message);
        GatherBuffer out;
        for (std::size_t at = 0; at < payload.size();) {
          const std::size_t size = 1 + rng.below(payload.size() - at);
          ASSERT_FALSE(narrow.inflate(as_bytes(payload).subspan(at, size), out));
          at += size;
        }
        ASSERT_FALSE(narrow.finish(out));
        ASSERT_EQ(as_text(out.bytes()), message) << bits << " bits, level " << level;
      }
    }
  }
}

TEST_F(InflaterTest, WithoutContextEachMessageStandsAlone) {
  Inflater alone{{.window_bits = 15, .keeps_context = false, .message_bytes_max = 1 << 20}};
  ServerDeflate fresh{Context::kDropped};
  for (int i = 0; i < 3; ++i) {
    GatherBuffer out;
    ASSERT_FALSE(alone.inflate(as_bytes(fresh.compress("the same")), out));
    ASSERT_FALSE(alone.finish(out));
    EXPECT_EQ(as_text(out.bytes()), "the same");
  }
  GatherBuffer out;
  const auto error = alone.inflate(bytes({0xf2, 0x00, 0x11, 0x00, 0x00}), out);
  ASSERT_TRUE(error) << "it refers to what has been forgotten";
  EXPECT_EQ(error->code, CloseCode::kInvalidPayload);
}

TEST_F(InflaterTest, NamesWhatIsWrong) {
  EXPECT_EQ(expand(bytes({0x07})), "error");
  EXPECT_THAT(fault, HasSubstr("invalid block type"));
}

TEST_F(InflaterTest, AMessageEndsWhereABlockDoes) {
  std::string payload = server.compress("a message that is cut");
  payload.resize(payload.size() / 2);

  EXPECT_EQ(expand(payload), "error");
}

TEST_F(InflaterTest, TheSizeIsBoundedToTheByte) {
  const std::string payload = ServerDeflate{}.compress(std::string(1000, 'x'));
  for (const std::size_t allowed : {999U, 1000U}) {
    Inflater bounded{{.window_bits = 15, .keeps_context = true, .message_bytes_max = allowed}};
    GatherBuffer out;
    auto error = bounded.inflate(as_bytes(payload), out);
    if (!error) error = bounded.finish(out);

    EXPECT_EQ(error.has_value(), allowed < 1000);
    if (error) {
      EXPECT_EQ(error->code, CloseCode::kMessageTooBig);
    }
    EXPECT_LE(out.capacity(), allowed);
  }
}

/// 64 MiB of zeros, where 1 MiB is allowed.
TEST_F(InflaterTest, ABombIsPutOutWithinTheLimit) {
  const std::string payload = server.compress(std::string(std::size_t{64} << 20, '\0'));
  GatherBuffer out;

  const auto error = inflater.inflate(as_bytes(payload), out);

  ASSERT_TRUE(error);
  EXPECT_THAT(error->detail, HasSubstr("expands to more than the 1048576 bytes"));
  EXPECT_THAT(out.capacity(), Le(std::size_t{1} << 20));
}

TEST_F(InflaterTest, MemoryIsCounted) {
  EXPECT_THAT(inflater.memory_bytes(), Le(10'000U));

  EXPECT_EQ(expand(server.compress("something")), "something");

  EXPECT_THAT(inflater.memory_bytes(), Gt(std::size_t{1} << 15));
  EXPECT_THAT(inflater.memory_bytes(), Le(43'000U));
}

}  // namespace
}  // namespace wsm
