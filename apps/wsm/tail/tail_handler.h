#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <wsm/handler.h>

#include "tail/message_inspector.h"
#include "tail/message_writer.h"
#include "tail/options.h"
#include "tail/progress.h"
#include "tail/refusal_watch.h"
#include "tail/request_watch.h"
#include "tail/status_output.h"
#include "tail/stop_request.h"
#include "tail/tally.h"
#include "tail/verdict.h"

namespace wsm::tail {

/// Writes what arrives, reports what happens, and asks for the end when there is no point in going
/// on.
///
/// Owns what its hooks use, so that a hook which is still blocked when the manager has gone finds
/// everything in its place.
class TailHandler final : public WebSocketHandler<std::string> {
 public:
  /// Messages go to the file `output`.
  TailHandler(Options options, int output);

  std::string url(const ConnectionState& state) override;
  std::vector<Header> connection_headers(const ConnectionState& state) override;
  std::vector<std::string> subprotocols(const ConnectionState& state) override;
  std::vector<OutgoingMessage> on_connect(const ConnectionState& state) override;
  std::vector<std::string> subscriptions() override;
  std::optional<OutgoingMessage> subscription_message(std::span<const std::string> topics) override;
  std::optional<OutgoingMessage> unsubscription_message(
      std::span<const std::string> topics) override;
  void on_message(const Message& message, const ConnectionState& state) override;
  ErrorAnswer on_error(const ConnectionState& state, const DisconnectReason& reason) override;
  void on_event(const Event& event) override;
  bool is_heartbeat(const Message& message) override;
  bool is_data_message(const Message& message) override;
  Inspection<std::string> inspect(const Message& message) override;

  /// How the run ends that was not asked to before its time was over.
  [[nodiscard]] Ending ending_in_time() const;

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] StopRequest& stop_request() { return stop_request_; }
  [[nodiscard]] StatusOutput& status() { return status_; }
  [[nodiscard]] MessageWriter& writer() { return writer_; }
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] OutgoingMessage request(const RequestTemplate& request,
                                        std::span<const std::string> topics);
  [[nodiscard]] RunProgress run_progress() const;

  const Options options_;
  StopRequest stop_request_;
  StatusOutput status_;
  MessageWriter writer_;
  Tally tally_;
  ProgressReporter reporter_;        // Delivery thread.
  RequestWatch request_watch_;       // Delivery thread.
  RefusalWatch refusal_watch_;       // Delivery thread.
  std::uint64_t messages_seen_ = 0;  // Delivery thread.
  std::uint64_t requests_made_ = 0;  // I/O thread.
  MessageInspector inspector_;       // I/O thread.
  mutable std::mutex mutex_;
  std::optional<DisconnectReason> last_failure_;
  std::atomic<bool> has_received_ = false;
  std::atomic<Clock::rep> opened_at_ = 0;  // Of the first connection; 0 before.
};

}  // namespace wsm::tail
