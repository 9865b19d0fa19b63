#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "base/assert.h"
#include "unit/wire/server_frames.h"
#include "wire/close_code.h"
#include "wire/message_reader.h"

namespace wsm::testing {

struct Received {
  Opcode opcode;
  std::string payload;

  friend bool operator==(const Received&, const Received&) = default;
};

/// Everything that a stream of bytes led to.
struct Outcome {
  std::vector<Received> received;
  std::optional<CloseCode> error;
  std::string error_detail;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const Received& received) {
  constexpr std::size_t kShown = 40;
  return out << to_string(received.opcode) << " of " << received.payload.size() << " bytes \""
             << received.payload.substr(0, kShown) << '"';
}

inline std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  for (const Received& received : outcome.received) out << received << "; ";
  if (outcome.error) return out << to_string(*outcome.error) << ": " << outcome.error_detail;
  return out << "no error";
}

/// A reader with the receive buffer of a thread, fed with pieces of a stream.
class Reading {
 public:
  explicit Reading(std::size_t message_bytes_max = 1 << 20,
                   std::size_t shared_size = MessageReader::kSharedMin)
      : reader_({.message_bytes_max = message_bytes_max}), shared_(shared_size) {}

  /// Through prepare() and commit(), in several turns if there is less space.
  void receive(std::span<const std::byte> piece) {
    while (!piece.empty()) {
      // Other connections use the buffer between two turns of this one.
      std::fill(shared_.begin(), shared_.end(), std::byte{0xfe});
      const auto space = reader_.prepare(shared_);
      const std::size_t count = std::min(space.size(), piece.size());
      std::memcpy(space.data(), piece.data(), count);
      reader_.commit(count);
      piece = piece.subspan(count);
      take_all();
    }
  }

  void accept(std::span<const std::byte> piece) {
    reader_.accept(piece);
    take_all();
  }

  [[nodiscard]] Outcome outcome() const {
    Outcome outcome{received_, std::nullopt, ""};
    if (reader_.error()) {
      outcome.error = reader_.error()->code;
      outcome.error_detail = reader_.error()->detail;
    }
    return outcome;
  }
  [[nodiscard]] MessageReader& reader() { return reader_; }
  [[nodiscard]] std::span<std::byte> shared() { return shared_; }

 private:
  void take_all() {
    while (const auto incoming = reader_.next()) {
      received_.push_back({incoming->opcode, as_text(incoming->payload)});
    }
  }

  MessageReader reader_;
  std::vector<std::byte> shared_;
  std::vector<Received> received_;
};

/// Reads `stream` cut before each of `cuts`, which are in order.
inline Outcome read_cut(std::span<const std::byte> stream, const std::vector<std::size_t>& cuts,
                        Reading reading = Reading{}) {
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    reading.receive(stream.subspan(begin, cut - begin));
    begin = cut;
  }
  reading.receive(stream.subspan(begin));
  return reading.outcome();
}

inline Outcome read_whole(std::span<const std::byte> stream, Reading reading = Reading{}) {
  return read_cut(stream, {}, std::move(reading));
}

inline Outcome read_bytewise(std::span<const std::byte> stream, Reading reading = Reading{}) {
  for (std::size_t at = 0; at < stream.size(); ++at) reading.receive(stream.subspan(at, 1));
  return reading.outcome();
}

inline Outcome accept_bytewise(std::span<const std::byte> stream, Reading reading = Reading{}) {
  for (std::size_t at = 0; at < stream.size(); ++at) reading.accept(stream.subspan(at, 1));
  return reading.outcome();
}

}  // namespace wsm::testing
