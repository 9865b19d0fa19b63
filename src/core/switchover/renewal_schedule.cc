#include "core/switchover/renewal_schedule.h"

#include "core/recovery/backoff.h"

namespace wsm {

Duration renewal_age(Duration interval, Rng& rng) {
  return uniform_delay(interval - interval / 5, interval, rng);
}

}  // namespace wsm
