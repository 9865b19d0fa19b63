#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace wsm {

/// Masks or unmasks `payload` in place, eight bytes a step. `key` is in the order of its bytes in
/// the frame, as read into memory. RFC 6455, section 5.3.
void apply_mask(std::span<std::byte> payload, std::uint32_t key);

/// The same on the way from `source` to `target`, which must be as large and must not overlap it
/// unless both are the same bytes.
void copy_masked(std::span<std::byte> target, std::span<const std::byte> source, std::uint32_t key);

}  // namespace wsm
