#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "unit/wire/naive_reader.h"
#include "unit/wire/reading.h"
#include "unit/wire/server_frames.h"
#include "wire/message_reader.h"

// Streams drawn at random, against the model of naive_reader.h. A failure names its seed.

namespace wsm {
namespace {

using testing::Bytes;
using testing::Fin;
using testing::frame;
using testing::NaiveReader;
using testing::Outcome;
using testing::read_bytewise;
using testing::read_cut;
using testing::Reading;

constexpr std::size_t kLimit = 20'000;

class StreamMaker {
 public:
  explicit StreamMaker(std::uint64_t seed) : rng_(seed) {}

  /// Some messages, with random fragments and control frames between them; sometimes broken.
  Bytes stream(std::size_t payload_max) {
    Bytes result;
    const std::size_t count = 1 + rng_.below(6);
    for (std::size_t i = 0; i < count; ++i) add_message(result, rng_.below(payload_max + 1));
    if (rng_.below(4) == 0) break_something(result);
    if (rng_.below(8) == 0) add(result, frame(Opcode::kClose, "\x03\xe8" + text(10)));
    return result;
  }

  /// In order, for read_cut().
  std::vector<std::size_t> cuts(std::size_t size) {
    std::vector<std::size_t> result;
    const std::size_t step = 1 + rng_.below(size + 1);
    for (std::size_t at = rng_.below(step + 1); at < size; at += rng_.below(step + 1)) {
      result.push_back(at);
    }
    return result;
  }

 private:
  static void add(Bytes& stream, const Bytes& piece) {
    stream.insert(stream.end(), piece.begin(), piece.end());
  }

  std::string text(std::size_t size) {
    static const std::vector<std::string> kCharacters{
        "a", "\x7f", "\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x9f\x98\x80"};
    std::string result;
    while (result.size() < size) result += kCharacters[rng_.below(kCharacters.size())];
    return result;
  }

  void add_message(Bytes& stream, std::size_t size) {
    std::string rest = text(size);
    Opcode opcode = rng_.below(2) == 0 ? Opcode::kText : Opcode::kBinary;
    for (std::size_t more = rng_.below(5); more > 0; --more) {
      const std::size_t taken = rng_.below(rest.size() + 1);
      add(stream, frame(opcode, rest.substr(0, taken), Fin::kClear));
      rest.erase(0, taken);
      opcode = Opcode::kContinuation;
      if (rng_.below(3) == 0) add(stream, frame(Opcode::kPing, std::string(rng_.below(126), 'p')));
    }
    add(stream, frame(opcode, rest));
  }

  void break_something(Bytes& stream) {
    for (std::size_t changes = 1 + rng_.below(3); changes > 0; --changes) {
      stream[rng_.below(stream.size())] = static_cast<std::byte>(rng_.below(256));
    }
  }

  SeededRng rng_;
};

void expect_as_model(const Outcome& outcome, const NaiveReader& model, std::uint64_t seed) {
  ASSERT_EQ(outcome.received, model.outcome().received) << "seed " << seed;
  ASSERT_EQ(outcome.error, model.outcome().error) << "seed " << seed;
}

TEST(MessageReaderPropertyTest, EveryCutOfEveryStreamGivesWhatTheModelSays) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    StreamMaker maker{seed};
    const Bytes stream = maker.stream(seed % 3 == 0 ? 9000 : 200);
    const NaiveReader model{stream, kLimit};
    const Outcome outcome = read_cut(stream, {}, Reading{kLimit});

    expect_as_model(outcome, model, seed);
    for (int i = 0; i < 5; ++i) {
      const std::size_t shared_size = MessageReader::kSharedMin << (i % 3);
      ASSERT_EQ(read_cut(stream, maker.cuts(stream.size()), Reading{kLimit, shared_size}), outcome)
          << "seed " << seed;
    }
  }
}

TEST(MessageReaderPropertyTest, EveryByteHasItsEffectAtOnce) {
  for (std::uint64_t seed = 10'000; seed < 10'300; ++seed) {
    const Bytes stream = StreamMaker{seed}.stream(60);
    Reading reading{kLimit};
    for (std::size_t size = 1; size <= stream.size(); ++size) {
      reading.receive(std::span{stream}.subspan(size - 1, 1));
      const NaiveReader model{std::span{stream}.first(size), kLimit};
      ASSERT_NO_FATAL_FAILURE(expect_as_model(reading.outcome(), model, seed)) << size << " bytes";
    }
  }
}

TEST(MessageReaderPropertyTest, AllSplitsIntoTwoOfSmallStreamsAreAlike) {
  for (std::uint64_t seed = 20'000; seed < 20'050; ++seed) {
    const Bytes stream = StreamMaker{seed}.stream(40);
    const Outcome outcome = read_bytewise(stream, Reading{kLimit});
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      ASSERT_EQ(read_cut(stream, {cut}, Reading{kLimit}), outcome)
          << "seed " << seed << ", " << cut;
    }
  }
}

TEST(MessageReaderPropertyTest, AcceptAndPrepareCanTakeTurns) {
  for (std::uint64_t seed = 30'000; seed < 30'300; ++seed) {
    StreamMaker maker{seed};
    const Bytes stream = maker.stream(5000);
    const Outcome outcome = read_cut(stream, {}, Reading{kLimit});
    Reading reading{kLimit};
    std::size_t begin = 0;
    auto cuts = maker.cuts(stream.size());
    cuts.push_back(stream.size());
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      const auto piece = std::span{stream}.subspan(begin, cuts[i] - begin);
      i % 2 == 0 ? reading.accept(piece) : reading.receive(piece);
      begin = cuts[i];
    }
    ASSERT_EQ(reading.outcome(), outcome) << "seed " << seed;
  }
}

}  // namespace
}  // namespace wsm
