#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <wsm/message.h>

#include "base/time.h"
#include "core/limits/reading_reserve.h"
#include "core/supervisor/supervisor.h"
#include "io/blocking_pool.h"
#include "io/ciphertext_buffer.h"
#include "io/event_loop.h"
#include "io/name_resolver.h"
#include "io/transport.h"
#include "wire/proxy_url.h"

namespace wsm::io {

class TlsContext;

/// What the driver asks of the layer above it: everything in which the handler has a say. Called
/// with the core at rest, so each of them may call commands.
class DriverHost {
 public:
  virtual ~DriverHost() = default;

  // Answered later, by Supervisor::handle_… within a turn.
  virtual void prepare(const action::Prepare& wanted) = 0;
  virtual void greet(ConnectionId connection) = 0;
  virtual void ask_about_error(ConnectionId connection, const DisconnectReason& reason) = 0;

  // Answered at once.
  [[nodiscard]] virtual Result<std::optional<OutgoingMessage>> render(
      const RequestBatcher::Batch& batch) = 0;
  /// What the message is. Lifetime of the message: this call.
  [[nodiscard]] virtual Inspected inspect(const Message& message) = 0;
  /// Hands it to the handler. The same.
  virtual void deliver(ConnectionId connection, const Message& message,
                       std::optional<SubscriptionId> subscription) = 0;

  // Told.
  virtual void tell_disconnect(ConnectionId connection, const DisconnectReason& reason) = 0;
  virtual void forget_connection(ConnectionId connection) = 0;
  virtual void forget_subscription(SubscriptionId id) = 0;
  virtual void handle_event(EventKind event) = 0;
  /// The turn is over, and the core is at rest.
  virtual void end_turn() = 0;
  /// When the host wants a turn, although nothing may have happened.
  [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;
};

/// Carries out what the supervisor wants with sockets, timers and the host, and brings back what
/// came of it. Decides nothing.
///
/// Everything happens in turns: the clock is read once, the core is told something, its actions are
/// performed until there are none, what waits is written, and the alarm is set to its next
/// deadline.
///
/// Threads: the loop's.
class Driver {
 public:
  struct Options {
    std::shared_ptr<const TlsContext> tls;  ///< May be null until start.
    std::string tls_server_name;            ///< Empty: the host of the URL.
    Duration connect_timeout;
    std::size_t reserve_bytes_max = 0;  ///< See ReadingReserve.
    bool connects_are_counted = false;  ///< One connect for each permit, and no race for it.
    std::vector<Endpoint> sources;      ///< Our own addresses; none: the system chooses.
    std::vector<ProxyUrl> proxies;      ///< Ways to the servers; none: straight.
    std::shared_ptr<const TlsContext> proxy_tls;  ///< As `tls`, of https:// proxies.
  };

  Driver(EventLoop& loop, BlockingPool& names, Supervisor& supervisor, DriverHost& host,
         Options options);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Tells the supervisor something. Inside a turn (from a hook) it is told at once, and the turn
  /// goes on with what that left.
  void run_turn(const std::function<void(Supervisor&, TimePoint now)>& tell);

  /// There is no room for messages until resume(). Each shard still brings its reserve; then
  /// reading stops, so that TCP tells the server to wait. Connections are made all the same. Inside
  /// a turn.
  void pause();
  void resume();

  /// Closes every socket and says nothing to the core, which may be in any state since something
  /// has thrown in a turn. Nothing else is to be called after it. Needs no memory.
  void abandon();

  [[nodiscard]] bool is_paused() const { return is_paused_; }

 private:
  class Link;

  /// What a thread's connections receive into, in turns. Measured: a message costs a third of what
  /// it costs with 4 KiB.
  static constexpr std::size_t kReceiveBytes = 256 * 1024;

  void pump(TimePoint now);
  void perform(const Action& wanted, TimePoint now);
  [[nodiscard]] bool may_read(ConnectionId connection);
  void dial(const action::Dial& wanted);
  void hang_up(ConnectionId connection);
  void receive(Link& link, TimePoint now);
  struct Delivered {
    std::size_t messages = 0;
    std::size_t bytes = 0;  // As the handler gets them, expanded if they were compressed.
  };
  Delivered deliver_messages(ConnectionId id, Connection& connection, TimePoint now);
  void deliver_released(TimePoint now);
  void transmit(ConnectionId id, TimePoint now);

  EventLoop& loop_;
  NameResolver names_;
  Supervisor& supervisor_;
  DriverHost& host_;
  const Options options_;
  CiphertextBuffer ciphertext_;
  std::unique_ptr<std::byte[]> receive_bytes_;
  std::map<ConnectionId, std::unique_ptr<Link>> links_;
  std::vector<std::unique_ptr<Link>> hung_up_;  // Destroyed when no call of theirs can be running.
  std::optional<TimePoint> turn_;               // `now` of the turn that is running.
  ReadingReserve reserve_;
  bool is_paused_ = false;
};

}  // namespace wsm::io
