#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include <wsm/event.h>

#include "base/overloaded.h"

namespace wsm {

/// Gives every subscription that `event` is about its name: `name_of(id)`.
template <class NameOf>
void fill_names(EventKind& event, NameOf name_of) {
  const Overloaded fill{[&](SubscriptionName& name) { name.text = name_of(name.id); },
                        [&](std::vector<SubscriptionName>& names) {
                          for (SubscriptionName& name : names) name.text = name_of(name.id);
                        },
                        [](std::size_t) {}};  // RebalanceFinished only counts.
  std::visit(
      [&](auto& kind) {
        if constexpr (requires { kind.subscription; }) fill(kind.subscription);
        if constexpr (requires { kind.subscriptions; }) fill(kind.subscriptions);
        if constexpr (requires { kind.unproven; }) fill(kind.unproven);
        if constexpr (requires { kind.interrupted; }) fill(kind.interrupted);
      },
      event);
}

}  // namespace wsm
