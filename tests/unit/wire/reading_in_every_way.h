#pragma once

#include <cstddef>

#include <gtest/gtest.h>

#include "unit/wire/reading.h"

namespace wsm::testing {

/// What `stream` leads to, read by what `make_reading` makes; that is the same for every split into
/// two and for single bytes.
template <class MakeReading>
Outcome read_in_every_way(const Bytes& stream, MakeReading make_reading) {
  const Outcome outcome = read_whole(stream, make_reading());
  EXPECT_EQ(read_bytewise(stream, make_reading()), outcome);
  EXPECT_EQ(accept_bytewise(stream, make_reading()), outcome);
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    EXPECT_EQ(read_cut(stream, {cut}, make_reading()), outcome) << "cut at " << cut;
  }
  return outcome;
}

}  // namespace wsm::testing
