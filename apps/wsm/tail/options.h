#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <wsm/config.h>
#include <wsm/result.h>
#include <wsm/types.h>

#include "tail/message_keys.h"
#include "tail/message_line.h"
#include "tail/request_template.h"

namespace wsm::tail {

/// What stands on the command line, before anything of it is understood.
struct Arguments {
  std::string url;
  std::vector<std::string> words;  ///< Behind the URL; "-" for topics from stdin.
  std::optional<std::string> subscribe;
  std::optional<std::string> unsubscribe;
  std::vector<std::string> topics;        ///< Lists with commas; "-" for stdin.
  std::vector<std::string> topics_files;  ///< "-" for stdin.
  std::optional<std::string> max_per_shard;
  std::optional<std::string> batch;
  std::optional<std::string> batch_bytes;
  std::vector<std::string> headers;
  std::vector<std::string> subprotocols;
  std::vector<std::string> sends;
  std::vector<std::string> heartbeats;
  std::optional<std::string> text_ping;
  std::optional<std::string> text_pong;
  std::optional<std::string> ping_interval;
  std::optional<std::string> data_timeout;
  std::optional<std::string> messages_per_window;
  std::optional<std::string> window;
  std::optional<std::string> message_spacing;
  std::optional<std::string> connects_per_window;
  std::optional<std::string> connect_window;
  std::optional<std::string> max_connections;
  std::optional<std::string> max_subscriptions;
  std::optional<std::string> redundancy;
  std::optional<std::string> renew_every;
  std::optional<std::string> compression;
  std::vector<std::string> source_ips;
  std::vector<std::string> proxies;
  std::optional<std::string> shards_per_ip;
  std::optional<std::string> breaker_threshold;
  std::optional<std::string> breaker_reset_timeout;
  std::optional<std::string> topic_key;
  std::optional<std::string> sequence_key;
  std::optional<std::string> previous_key;
  std::optional<std::string> id_key;
  std::optional<std::string> error_key;
  std::optional<std::string> subscription_timeout;
  std::optional<std::string> subscription_timeout_intervals;
  std::optional<std::string> ack_timeout;
  std::optional<std::string> queue_capacity;
  std::optional<std::string> when_full;
  std::optional<std::string> duration;
  std::optional<std::string> count;
  std::string ca;
  std::string server_name;
  std::string certificate;
  std::string key;
  std::vector<std::string> pins;
  std::string key_log;
  std::optional<std::string> max_redirects;
  std::string binary{to_string(BinaryForm::kBase64)};
  bool is_insecure = false;
  bool is_json = false;
  bool is_quiet = false;
  bool is_uncoloured = false;
  bool is_retrying = false;
};

/// A run that can be begun: everything has been read, parsed and checked.
struct Options {
  std::string url;
  ShardManagerConfig config;
  std::vector<std::string> topics;
  std::optional<RequestTemplate> subscribe;
  std::optional<RequestTemplate> unsubscribe;
  std::vector<Header> headers;
  std::vector<std::string> subprotocols;
  std::vector<std::string> first_messages;  ///< Sent on each new connection before anything else.
  std::vector<std::string> heartbeats;      ///< A message that contains one of them is no data.
  MessageKeys keys;
  LineFormat format;
  BinaryForm binary;
  std::optional<std::uint64_t> message_limit;
  std::optional<Duration> time_limit;
  bool is_insecure;
  bool is_quiet;
  bool is_uncoloured;
  bool is_retrying;  ///< Goes on even when the first connection fails.
};

/// Understands `arguments`, reading files and stdin where they say so. Errors: the first thing that
/// is wrong, with the option's name and what to write instead.
[[nodiscard]] Result<Options, std::string> check_arguments(const Arguments& arguments);

}  // namespace wsm::tail
