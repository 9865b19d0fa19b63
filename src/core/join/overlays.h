#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/join/identity_ring.h"

namespace wsm {

/// One way to lay a copy over a stream: its messages from `first` to before `last` are those of the
/// stream from `place` on, and one of both ends there. Those before `first` are not.
struct Overlay {
  std::uint64_t place;
  std::size_t first;
  std::size_t last;

  friend bool operator==(const Overlay&, const Overlay&) = default;
};

/// All ways to do so, in which at least one message is the same.
///
/// Theory. Where the copy goes beyond the stream, the end of the stream has to be the end of a
/// piece of the copy; where it does not, the end of the copy has to be the end of a piece of the
/// stream. How much of one sequence stands at the end of each piece of another one, the Z algorithm
/// says for all pieces at once: read backwards, that is how much of its beginning stands at each
/// place.
///
/// Cost: some steps for each message of both.
[[nodiscard]] std::vector<Overlay> find_overlays(const IdentityRing& stream,
                                                 const std::deque<Identity>& copy);

}  // namespace wsm
