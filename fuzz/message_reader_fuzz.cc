// Hostile frames: never a crash, the same outcome for every cut, and that of the model.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.h"
#include "fuzz/cuts.h"
#include "unit/wire/naive_reader.h"
#include "unit/wire/reading.h"

using wsm::MessageReader;
using wsm::testing::accept_bytewise;
using wsm::testing::NaiveReader;
using wsm::testing::Outcome;
using wsm::testing::read_bytewise;
using wsm::testing::read_cut;
using wsm::testing::Reading;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte picks the limit and the size of the receive buffer.
  constexpr std::array<std::size_t, 4> kLimits{1 << 20, 5000, 100, 0};
  const std::size_t limit = kLimits[data[0] & 3U];
  const std::size_t shared_size = MessageReader::kSharedMin << (data[0] >> 2U & 3U);
  const auto stream = std::as_bytes(std::span{data, size}).subspan(1);

  const Outcome outcome = read_cut(stream, {}, Reading{limit, shared_size});
  const NaiveReader model{stream, limit};
  WSM_ASSERT(outcome.received == model.outcome().received);
  WSM_ASSERT(outcome.error == model.outcome().error);

  WSM_ASSERT(read_cut(stream, wsm::fuzz::cuts_of(stream), Reading{limit, shared_size}) == outcome);
  WSM_ASSERT(read_cut(stream, {}, Reading{limit, 1 << 16}) == outcome);
  if (stream.size() <= 512) {
    WSM_ASSERT(read_bytewise(stream, Reading{limit}) == outcome);
    WSM_ASSERT(accept_bytewise(stream, Reading{limit}) == outcome);
  }
  return 0;
}
