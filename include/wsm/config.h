#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/result.h>
#include <wsm/types.h>

namespace wsm {

/// How a subscription finds its shard among those with room.
enum class ShardSelectionStrategy : std::uint8_t {
  kLeastLoaded,  ///< The one with the fewest subscriptions.
  kRoundRobin,   ///< Each in turn.
  kSequential,   ///< The first with room, so that few connections are needed.
};

[[nodiscard]] constexpr std::string_view to_string(ShardSelectionStrategy strategy) {
  switch (strategy) {
    case ShardSelectionStrategy::kLeastLoaded: return "least_loaded";
    case ShardSelectionStrategy::kRoundRobin: return "round_robin";
    case ShardSelectionStrategy::kSequential: return "sequential";
  }
  return "unknown";
}

enum class TlsVersion : std::uint8_t { kTls12, kTls13 };

[[nodiscard]] constexpr std::string_view to_string(TlsVersion version) {
  switch (version) {
    case TlsVersion::kTls12: return "TLS 1.2";
    case TlsVersion::kTls13: return "TLS 1.3";
  }
  return "unknown";
}

/// By what shards are compared when they are evened out.
enum class LoadMeasure : std::uint8_t { kCount, kMessages, kBytes };

[[nodiscard]] constexpr std::string_view to_string(LoadMeasure measure) {
  switch (measure) {
    case LoadMeasure::kCount: return "count";
    case LoadMeasure::kMessages: return "messages";
    case LoadMeasure::kBytes: return "bytes";
  }
  return "unknown";
}

struct ManagerOptions {
  /// Cap of one connection; empty asks the handler, whose default is 500.
  std::optional<std::size_t> max_subscriptions_per_shard;
  ShardSelectionStrategy shard_selection_strategy = ShardSelectionStrategy::kLeastLoaded;
  /// Planned replacements and those of a silent connection open the new connection first, and close
  /// the old one when nothing is lost with it, or when the feed is too quiet to tell in
  /// data_timeout (docs/switchover.md).
  bool hot_switchover = true;
  /// Opens a shard when all are full, evens out what they carry, empties those that are not needed
  /// and closes them (docs/rebalancing.md).
  bool auto_rebalance = true;
  /// What is evened out: subscriptions, or what inspect() has shown them to bring. With kSequential
  /// nothing is.
  LoadMeasure rebalance_by = LoadMeasure::kCount;
  /// Connections that carry each subscription at the same time, so that nothing is lost with any
  /// one of them: each message is delivered once, by whichever is first. Each shard has as many
  /// copies less one, which count for max_connections and shards_per_ip like all others.
  std::size_t redundancy = 1;
};

/// How a TLS server is checked, and who we are to it. The default trusts what the system trusts.
struct TlsOptions {
  std::string ca_file = {};  ///< PEM file of the only authorities to trust; empty: the system's.
  std::string server_name = {};  ///< Name to send and to check; empty: the host of the URL.
  TlsVersion minimum_version = TlsVersion::kTls12;
  /// PEM file of our own certificate, and of those between it and its authority; and that of its
  /// private key, without a passphrase. For servers that want to know us; both or neither.
  std::string certificate_file = {};
  std::string key_file = {};
  /// Public keys as "sha256/…" (RFC 7469, section 2.4): the verified chain of the server must have
  /// one of them, beside everything else. Empty: any. They do not hold for proxies.
  std::vector<std::string> pins = {};
  /// A further connection to the same server takes up an earlier session (RFC 8446, section 2.2),
  /// which spares both sides most of the handshake.
  bool session_resumption = true;
  /// Appends the secrets of each connection, for a tool that is to decrypt what was recorded
  /// (SSLKEYLOGFILE). Whoever reads this file reads everything.
  std::string key_log_file = {};
  /// Accepts any certificate from anybody. For tests against a server of your own.
  bool dangerously_skip_verification = false;
};

/// What a server is offered about compression (permessage-deflate, RFC 7692). It may decline.
enum class Compression : std::uint8_t {
  kOff,
  kOn,  ///< Messages may refer to earlier ones, for which each connection holds memory.
  /// Each message is compressed by itself: larger, but idle connections hold nothing for it.
  kNoContextTakeover,
};

[[nodiscard]] constexpr std::string_view to_string(Compression compression) {
  switch (compression) {
    case Compression::kOff: return "off";
    case Compression::kOn: return "on";
    case Compression::kNoContextTakeover: return "no_context_takeover";
  }
  return "unknown";
}

struct ConnectionOptions {
  /// From the first hook to the open WebSocket: url, name look-up, TCP, TLS, upgrade, on_connect.
  Duration connect_timeout = std::chrono::seconds{10};
  /// Failures in a row until the shard counts as suspended. It is then probed between half of
  /// max_delay and all of it, never given up.
  std::uint32_t max_connect_attempts = 10;
  /// Failed attempts in a row to one host and port, of all shards together and with no connection
  /// there open, after which none is made but one at a time: the probe, whose success lets all go.
  std::uint32_t circuit_breaker_threshold = 5;
  /// The longest time until such a probe, if max_delay of the backoff is not less; each is drawn
  /// from its upper half.
  Duration circuit_breaker_reset_timeout = std::chrono::seconds{60};
  /// Age at which a connection is replaced; each is drawn from the last fifth of the interval, or
  /// from the last four fifths where it was not opened as a renewal, so that no two shards of the
  /// process renew in the same second as long as there are enough of these.
  std::optional<Duration> proactive_reconnect_interval = std::chrono::minutes{15};
  /// on_message runs on the I/O thread, without a queue: fastest, and a slow handler stops
  /// everything.
  bool low_latency_mode = false;
  /// Our own addresses, in figures, over which the shards are spread evenly; empty: the system
  /// chooses. Each has connects_per_window of its own, and reaches servers of its family only.
  std::vector<std::string> source_ips;
  /// What an address of source_ips carries at most. When all are full, no shard is opened:
  /// kConnectionLimit.
  std::size_t shards_per_ip = 10;
  /// Ways to the server: socks5://, socks5h://, http:// or https://, with user and password,
  /// escaped with % where need be. With socks5:// names are looked up here, with the others by the
  /// proxy. Each connection goes through the next one in turn; one that fails is left out, and
  /// tried again with the backoff. Empty: straight to the server. Whatever a server counts by
  /// address, it counts by that of the proxy; connects_per_window holds for all of them together.
  /// The TLS of an https:// proxy is checked by `tls`, but for its server_name.
  std::vector<std::string> proxies;
  TlsOptions tls;
  /// Redirects in a row that an attempt follows: only to the same host, and never from wss:// to
  /// ws://. The hooks are asked again, with the new URL. Others are refusals.
  std::uint32_t max_redirects = 5;
  /// Of a message as it comes, compressed or not; what is longer closes its connection (1009).
  std::size_t max_message_bytes = 16 * 1024 * 1024;
  /// Saves bytes on the way, and costs several times the processor time of receiving.
  Compression compression = Compression::kOff;
  /// The window of either side is two to the power of this many bytes at most; 8 to 15. A server
  /// that does not agree uses 15.
  int compression_window_bits = 15;
  /// What a compressed message may expand to; more closes its connection (1009).
  std::size_t max_decompressed_bytes = 16 * 1024 * 1024;
};

struct BackoffOptions {
  Duration initial_delay = std::chrono::milliseconds{100};
  Duration max_delay = std::chrono::seconds{30};
  double multiplier = 2.0;
  /// Full jitter: each delay is drawn from zero to what the exponent gives.
  bool jitter = true;
  /// A connection must live this long before the delays start from the beginning again, or a
  /// server that accepts and closes at once would be called ten times a second for ever.
  Duration stable_after = std::chrono::seconds{10};
};

/// What is done where numbers are missing on a connection that lives.
enum class GapRecovery : std::uint8_t {
  kGoOn,  ///< Nothing: the gap is counted and told.
  /// Messages of the subscription are not delivered from the gap on, until one of them restarts the
  /// numbering. For feeds that send snapshots by themselves, and for what is wrong without them.
  kDrop,
  kAskAgain,   ///< The subscription is ended and asked for again, which brings a fresh snapshot.
  kReconnect,  ///< The connection is replaced.
};

[[nodiscard]] constexpr std::string_view to_string(GapRecovery recovery) {
  switch (recovery) {
    case GapRecovery::kGoOn: return "go_on";
    case GapRecovery::kDrop: return "drop";
    case GapRecovery::kAskAgain: return "ask_again";
    case GapRecovery::kReconnect: return "reconnect";
  }
  return "unknown";
}

struct HealthOptions {
  std::optional<Duration> ping_interval = std::chrono::seconds{20};
  std::optional<Duration> pong_timeout = std::chrono::seconds{10};
  /// Silence that only data ends: pings, pongs and what is_data_message denies do not count.
  std::optional<Duration> data_timeout = std::chrono::seconds{30};
  std::uint32_t failure_threshold = 3;   ///< Unanswered pings in a row.
  std::optional<std::string> text_ping;  ///< Sent as a text message instead of a ping frame.
  std::string text_pong = "PONG";        ///< Answers text_ping; text or binary, both count.
  /// Silence of one subscription, once any connection has had data that named its subscription. It
  /// is then asked for again, moved to another connection, and to a new one, in this order, with
  /// ever longer pauses; all that are silent at about the same time share a new one. Needs
  /// inspect().
  std::optional<Duration> subscription_timeout;
  /// The same, learned: silence of so many of the subscription's own mean intervals, a second at
  /// least and subscription_timeout, if there is one, at most; the first data after a request has
  /// ten seconds. Nothing is known before eight intervals have been seen: until then the time-out
  /// is subscription_timeout, or, without it, five minutes for the first data on a connection and
  /// none after that. Four and more are sensible: intervals of a feed that comes by chance are
  /// often longer than their mean.
  std::optional<std::uint32_t> subscription_timeout_intervals;
  /// A request that has an id, and no answer for so long, is sent again, and has twice as long the
  /// next time, up to 64 times this. Needs inspect().
  std::optional<Duration> acknowledgement_timeout = std::chrono::seconds{10};
  /// Asking again and replacing happen at most once in backoff.max_delay for each subscription or
  /// shard: a feed that is full of holes must not become one of requests. Needs the numbering of
  /// inspect().
  GapRecovery gap_recovery = GapRecovery::kGoOn;
};

/// What the server's rules allow. Rates hold for every interval of their window, wherever it
/// begins, since nobody knows from when a server counts. Set them somewhat stricter than the server
/// does: the network brings closer together what left far enough apart.
struct LimitOptions {
  /// Of one subscription request.
  std::size_t subscriptions_per_message = 200;
  std::size_t bytes_per_message = 4096;
  /// Frames that one connection may send in any `window`. Every frame counts: requests, messages of
  /// the application, pings, pongs and the close frame. Of a window longer than 5 s a tenth, at
  /// least one, is kept for pings and pongs, so that answers are never late because of requests.
  /// None: no limit.
  std::optional<std::size_t> messages_per_window;
  std::optional<Duration> window;  ///< Of messages_per_window: both or neither.
  /// Between two frames of one connection, at least; for servers that punish bursts.
  std::optional<Duration> message_spacing;
  /// Attempts to connect that may begin in any `connect_window`, of all managers of the process at
  /// one `venue`, for each source address apart: first ones, reconnects, standbys and probes.
  /// Servers count them by address, and ban for long.
  std::optional<std::size_t> connects_per_window;
  std::optional<Duration> connect_window;  ///< Of connects_per_window: both or neither.
  /// Whose connects are counted together, by a name of your own. To be set where managers talk to
  /// several servers; all that name none wait for each other (docs/limits.md, "Several managers").
  std::string venue;
  /// Connections at a time, each from before its hooks are asked until its transport is closed; the
  /// overlap of a switchover is included. What would need a further shard is refused.
  std::optional<std::size_t> max_connections;
  /// Subscriptions over all connections together, for servers that count them by account or
  /// address: one counts once for each connection that carries it. subscribe() refuses what is
  /// above it. Connections are replaced slice by slice in the room that is left; where there is
  /// none, they are not replaced, or with a gap if they are of no use.
  std::optional<std::size_t> max_subscriptions;
};

/// What happens to messages when on_message is slow and the queue before it is full.
enum class WhenFull : std::uint8_t {
  /// Nothing is lost: reading pauses until there is room again, so that TCP tells the servers to
  /// wait. Until reserve_bytes_max have come on a shard meanwhile, reading goes on there, and with
  /// it answers to pings; from then on the pings of that server wait as well, and a server may cut
  /// who does not answer.
  kBlock,
  /// Reading never pauses; the messages that have waited longest make room for new ones. For feeds
  /// of which only the present counts.
  kDropOldest,
  /// Reading never pauses; what finds no room is dropped. The handler gets whole stretches of the
  /// feed, with gaps between them.
  kDropNewest,
  /// Reading never pauses; of each subscription only the latest message waits. It takes the place
  /// in the queue of the one that it supersedes, so that a busy subscription neither holds up the
  /// others nor waits for ever; the order between subscriptions is not kept. Messages that belong
  /// to no subscription all wait. What is still too much is dropped, the oldest first.
  kLatestPerSubscription,
};

[[nodiscard]] constexpr std::string_view to_string(WhenFull choice) {
  switch (choice) {
    case WhenFull::kBlock: return "block";
    case WhenFull::kDropOldest: return "drop_oldest";
    case WhenFull::kDropNewest: return "drop_newest";
    case WhenFull::kLatestPerSubscription: return "latest_per_subscription";
  }
  return "unknown";
}

/// The queue between the I/O thread and on_message. Its bounds are soft by what one read brings. A
/// message that is longer than all of it may still wait in it, alone.
struct DeliveryOptions {
  std::size_t queue_capacity = 65'536;              ///< Messages.
  std::size_t queue_bytes_max = 256 * 1024 * 1024;  ///< Bytes of their payloads.
  /// With kBlock, what each shard may still bring into a queue that is full, so that its pings are
  /// answered and its closes are seen: about 50 s of 20 KB/s. Zero: reading stops at once.
  std::size_t reserve_bytes_max = 1024 * 1024;
  WhenFull when_full = WhenFull::kBlock;
};

/// One field that cannot be used, and why.
struct ConfigFault {
  std::string field;
  std::string problem;
};

/// Everything that is wrong with a configuration, not only the first thing.
struct ConfigError {
  std::vector<ConfigFault> faults;
};

[[nodiscard]] std::string to_string(const ConfigError& error);

class ShardManagerConfigBuilder;

/// A configuration that has been checked; only the builder makes one. Defaults: the member
/// initialisers above.
class ShardManagerConfig {
 public:
  [[nodiscard]] static ShardManagerConfigBuilder builder();

  [[nodiscard]] const ManagerOptions& manager() const { return manager_; }
  [[nodiscard]] const ConnectionOptions& connection() const { return connection_; }
  [[nodiscard]] const BackoffOptions& backoff() const { return backoff_; }
  [[nodiscard]] const HealthOptions& health() const { return health_; }
  [[nodiscard]] const LimitOptions& limits() const { return limits_; }
  [[nodiscard]] const DeliveryOptions& delivery() const { return delivery_; }

 private:
  friend class ShardManagerConfigBuilder;
  ShardManagerConfig() = default;

  ManagerOptions manager_;
  ConnectionOptions connection_;
  BackoffOptions backoff_;
  HealthOptions health_;
  LimitOptions limits_;
  DeliveryOptions delivery_;
};

/// Collects fields by name and checks all of them at once in build().
class ShardManagerConfigBuilder {
 public:
  using Self = ShardManagerConfigBuilder;

  Self& max_subscriptions_per_shard(std::size_t count);
  Self& shard_selection_strategy(ShardSelectionStrategy strategy);
  Self& hot_switchover(bool on);
  Self& auto_rebalance(bool on);
  Self& rebalance_by(LoadMeasure measure);
  /// From 1 to 8.
  Self& redundancy(std::size_t connections);

  Self& connect_timeout(Duration timeout);
  Self& max_connect_attempts(std::uint32_t attempts);
  Self& circuit_breaker_threshold(std::uint32_t failures);
  Self& circuit_breaker_reset_timeout(Duration timeout);
  Self& proactive_reconnect_interval(std::optional<Duration> interval);
  Self& low_latency_mode(bool on);
  Self& source_ips(std::vector<std::string> addresses);
  Self& shards_per_ip(std::size_t shards);
  /// The only one.
  Self& proxy(std::string url);
  Self& proxies(std::vector<std::string> urls);
  Self& tls(TlsOptions options);
  Self& max_redirects(std::uint32_t redirects);
  Self& max_message_bytes(std::size_t bytes);
  Self& compression(Compression offer);
  Self& compression_window_bits(int bits);
  Self& max_decompressed_bytes(std::size_t bytes);

  Self& backoff(BackoffOptions options);

  Self& ping_interval(std::optional<Duration> interval);
  Self& pong_timeout(std::optional<Duration> timeout);
  Self& data_timeout(std::optional<Duration> timeout);
  Self& failure_threshold(std::uint32_t count);
  Self& text_ping(std::optional<std::string> text);
  Self& text_pong(std::string text);
  Self& subscription_timeout(std::optional<Duration> timeout);
  Self& subscription_timeout_intervals(std::optional<std::uint32_t> intervals);
  Self& acknowledgement_timeout(std::optional<Duration> timeout);
  Self& gap_recovery(GapRecovery recovery);

  Self& subscriptions_per_message(std::size_t count);
  Self& bytes_per_message(std::size_t bytes);
  Self& messages_per_window(std::optional<std::size_t> frames);
  Self& window(std::optional<Duration> length);
  Self& message_spacing(std::optional<Duration> spacing);
  Self& connects_per_window(std::optional<std::size_t> attempts);
  Self& connect_window(std::optional<Duration> length);
  Self& venue(std::string name);
  Self& max_connections(std::optional<std::size_t> count);
  Self& max_subscriptions(std::optional<std::size_t> count);

  Self& queue_capacity(std::size_t messages);
  Self& queue_bytes_max(std::size_t bytes);
  Self& reserve_bytes_max(std::size_t bytes);
  Self& when_full(WhenFull choice);

  /// The configuration, or every fault in it by field name.
  [[nodiscard]] Result<ShardManagerConfig, ConfigError> build() const;

 private:
  ShardManagerConfig config_;
};

}  // namespace wsm
