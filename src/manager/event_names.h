#pragma once

#include <string>
#include <variant>
#include <vector>

#include <wsm/event.h>

namespace wsm {

/// Gives every subscription that `event` is about its name: `name_of(id)`.
template <class NameOf>
void fill_names(EventKind& event, NameOf name_of) {
  const auto fill = [&](SubscriptionName& name) { name.text = name_of(name.id); };
  std::visit(
      [&](auto& kind) {
        if constexpr (requires { kind.subscription; }) fill(kind.subscription);
        if constexpr (requires { kind.subscriptions; }) {
          for (SubscriptionName& name : kind.subscriptions) fill(name);
        }
        if constexpr (requires {
                        kind.unproven;
                        kind.interrupted;
                      }) {
          for (SubscriptionName& name : kind.unproven) fill(name);
          for (SubscriptionName& name : kind.interrupted) fill(name);
        }
      },
      event);
}

}  // namespace wsm
