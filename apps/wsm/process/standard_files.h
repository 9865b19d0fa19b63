#pragma once

namespace wsm {

/// Opens /dev/null in the place of a stdin and a stderr that are closed, so that no socket of ours
/// gets their numbers and is written to by mistake. Call it before anything is opened. False when
/// stdout is closed, where there is nothing that could take its place.
[[nodiscard]] bool hold_standard_files();

}  // namespace wsm
