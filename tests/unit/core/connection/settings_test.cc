#include "core/connection/settings.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::Optional;

TEST(ConnectionSettingsTest, TakesEachFieldFromTheConfiguration) {
  const auto config = ShardManagerConfig::builder()
                          .connect_timeout(3s)
                          .ping_interval(4s)
                          .pong_timeout(5s)
                          .data_timeout(6s)
                          .failure_threshold(7)
                          .text_ping("ping!")
                          .text_pong("pong!")
                          .max_message_bytes(8)
                          .compression(Compression::kNoContextTakeover)
                          .compression_window_bits(12)
                          .max_decompressed_bytes(13)
                          .messages_per_window(9)
                          .window(10s)
                          .message_spacing(11ms)
                          .build();
  ASSERT_TRUE(config);

  const auto settings = ConnectionSettings::from(*config);

  EXPECT_EQ(settings.connect_timeout, 3s);
  EXPECT_EQ(settings.keepalive.ping_interval, 4s);
  EXPECT_EQ(settings.keepalive.pong_timeout, 5s);
  EXPECT_EQ(settings.keepalive.failure_threshold, 7U);
  EXPECT_EQ(settings.data_timeout, 6s);
  EXPECT_THAT(settings.text_ping, Optional(std::string{"ping!"}));
  EXPECT_EQ(settings.text_pong, "pong!");
  EXPECT_EQ(settings.message_bytes_max, 8U);
  ASSERT_TRUE(settings.deflate);
  EXPECT_FALSE(settings.deflate->keeps_context);
  EXPECT_EQ(settings.deflate->window_bits_max, 12);
  EXPECT_EQ(settings.decompressed_bytes_max, 13U);
  EXPECT_EQ(settings.frames.count, 9U);
  EXPECT_EQ(settings.frames.window, 10s);
  EXPECT_EQ(settings.frames.spacing, 11ms);
}

TEST(ConnectionSettingsTest, KeepsWhatIsSwitchedOffSwitchedOff) {
  const auto config = ShardManagerConfig::builder()
                          .ping_interval(std::nullopt)
                          .pong_timeout(std::nullopt)
                          .data_timeout(std::nullopt)
                          .build();
  ASSERT_TRUE(config);

  const auto settings = ConnectionSettings::from(*config);

  EXPECT_EQ(settings.keepalive.ping_interval, std::nullopt);
  EXPECT_EQ(settings.keepalive.pong_timeout, std::nullopt);
  EXPECT_EQ(settings.data_timeout, std::nullopt);
  EXPECT_EQ(settings.text_ping, std::nullopt);
  EXPECT_FALSE(settings.deflate) << "compression is off by itself";
  EXPECT_FALSE(settings.frames.is_limited());
}

}  // namespace
}  // namespace wsm
