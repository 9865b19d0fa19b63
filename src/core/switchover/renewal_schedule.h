#pragma once

#include "base/rng.h"
#include "base/time.h"

namespace wsm {

/// Age at which a connection is renewed: uniform in the last fifth of `interval`, so that shards
/// which were opened together do not renew together.
[[nodiscard]] Duration renewal_age(Duration interval, Rng& rng);

}  // namespace wsm
