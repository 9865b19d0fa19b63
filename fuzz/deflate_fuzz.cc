// Hostile frames to a client that has agreed to compress: never a crash, the same outcome for every
// cut, and never more memory than is allowed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.h"
#include "fuzz/cuts.h"
#include "unit/wire/reading.h"

using wsm::MessageReader;
using wsm::testing::Outcome;
using wsm::testing::read_bytewise;
using wsm::testing::read_cut;
using wsm::testing::Reading;

namespace {

constexpr std::size_t kExpandedMax = 100'000;

Reading reading(std::uint8_t choice, int window_bits) {
  constexpr std::array<std::size_t, 4> kLimits{1 << 20, 5000, 100, 0};
  Reading result{kLimits[choice & 3U], MessageReader::kSharedMin << (choice >> 2U & 3U)};
  result.reader().expect_compression(
      {.server_keeps_context = (choice & 16U) != 0, .server_window_bits = window_bits},
      kExpandedMax);
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto stream = std::as_bytes(std::span{data, size}).subspan(1);

  const Outcome outcome = read_cut(stream, {}, reading(data[0], 15));
  for (const auto& received : outcome.received) WSM_ASSERT(received.payload.size() <= 1 << 20);
  WSM_ASSERT(read_cut(stream, wsm::fuzz::cuts_of(stream), reading(data[0], 15)) == outcome);
  if (stream.size() <= 512) WSM_ASSERT(read_bytewise(stream, reading(data[0], 15)) == outcome);
  // Where the window is smaller, what reaches behind it is found in some cuts only.
  (void)read_cut(stream, wsm::fuzz::cuts_of(stream), reading(data[0], 8 + data[0] % 7));
  return 0;
}
