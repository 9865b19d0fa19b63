#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "sim/world.h"

namespace wsm::sim {

/// How good the way is.
struct LinkQuality {
  Duration latency = std::chrono::milliseconds{1};
  Duration jitter = {};                   ///< On top, drawn for each segment; order is kept.
  std::uint64_t bytes_per_second = 0;     ///< Zero: no bound.
  std::uint64_t cuts_one_segment_in = 0;  ///< So often a write arrives in two pieces.
};

/// How a stream has ended, as its reader sees it.
enum class StreamEnd : std::uint8_t { kFinished, kReset };

/// One direction of a byte stream: what is written arrives later, in order, in other pieces.
///
/// Shared by its two ends and by the tasks that are under way for it.
class Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  Pipe(World& world, Dice& dice, const LinkQuality& quality)
      : world_(world), dice_(dice), quality_(quality) {}

  // The writer.
  void write(std::string_view bytes);
  /// The end of the stream, behind what was written.
  void finish();
  /// Ends it at once; what has not been read is lost.
  void reset();
  /// From now on nothing arrives, and nobody is told: a half-open connection.
  void lose_everything() { is_black_hole_ = true; }

  // The reader.
  /// Called when there is something new to read or the stream has ended. To be set once; reset to
  /// nothing by a reader that goes away.
  std::function<void()> on_arrival;
  [[nodiscard]] std::string_view arrived() const {
    return std::string_view{bytes_}.substr(read_, arrived_ - read_);
  }
  void consume(std::size_t count);
  /// The end, once everything before it has been read.
  [[nodiscard]] std::optional<StreamEnd> end() const;

  /// Bytes that were written and not read.
  [[nodiscard]] std::size_t unread() const { return bytes_.size() - read_; }

 private:
  /// Something under way: so many bytes, or the end.
  struct Segment {
    TimePoint arrives;
    std::size_t bytes;
    bool is_end;
  };

  void send(std::size_t bytes, bool is_end);
  void await_next();
  void arrive();

  World& world_;
  Dice& dice_;
  const LinkQuality quality_;
  std::string bytes_;
  std::size_t read_ = 0;
  std::size_t arrived_ = 0;
  std::deque<Segment> under_way_;
  TimePoint sent_at_{};  // When the last byte has left: there is only so much room in a second.
  TimePoint last_arrival_{};
  bool is_awaiting_ = false;
  bool is_black_hole_ = false;
  bool has_finished_ = false;
  std::optional<StreamEnd> end_;
};

}  // namespace wsm::sim
