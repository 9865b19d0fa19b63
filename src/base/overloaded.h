#pragma once

namespace wsm {

/// Makes one visitor of a variant out of a lambda for each alternative.
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace wsm
