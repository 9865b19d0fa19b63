#include "core/connection/settings.h"

namespace wsm {

ConnectionSettings ConnectionSettings::from(const ShardManagerConfig& config) {
  const HealthOptions& health = config.health();
  ConnectionSettings settings;
  settings.connect_timeout = config.connection().connect_timeout;
  settings.keepalive = {.ping_interval = health.ping_interval,
                        .pong_timeout = health.pong_timeout,
                        .failure_threshold = health.failure_threshold};
  settings.data_timeout = health.data_timeout;
  settings.text_ping = health.text_ping;
  settings.text_pong = health.text_pong;
  const ConnectionOptions& connection = config.connection();
  settings.message_bytes_max = connection.max_message_bytes;
  settings.decompressed_bytes_max = connection.max_decompressed_bytes;
  if (connection.compression != Compression::kOff) {
    settings.deflate = {.keeps_context = connection.compression != Compression::kNoContextTakeover,
                        .window_bits_max = connection.compression_window_bits};
  }
  const LimitOptions& limits = config.limits();
  settings.frames = {.count = limits.messages_per_window,
                     .window = limits.window.value_or(Duration::zero()),
                     .spacing = limits.message_spacing};
  return settings;
}

}  // namespace wsm
