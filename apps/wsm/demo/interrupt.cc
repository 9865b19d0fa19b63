#include "demo/interrupt.h"

#include "demo/screen.h"

namespace wsm::demo {

Interrupt::Interrupt() : signals_(do_nothing, restore_terminal) {}

bool Interrupt::was_requested() const { return signals_.have_come(); }

}  // namespace wsm::demo
