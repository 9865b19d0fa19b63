#include "core/ledger/continuity.h"

#include <algorithm>

namespace wsm {
namespace {

/// How many messages are missing behind `before`; chained numbers do not say.
std::optional<std::uint64_t> count_missed(std::uint64_t before, const Numbering& numbering) {
  if (numbering.previous) return std::nullopt;
  return *numbering.sequence - before - 1;
}

}  // namespace

bool follows(std::uint64_t before, const Numbering& numbering) {
  if (numbering.previous) return *numbering.previous <= before;
  return *numbering.sequence == before + 1;
}

Continuity::Finding Continuity::judge(ConnectionId connection, const Numbering& numbering) const {
  if (!numbering.sequence) {
    const bool is_repeated = numbering.key && numbering.key == last_key_;
    return {.kind = is_repeated ? Kind::kRepeated : Kind::kUnnumbered};
  }
  if (!last_) return {.kind = Kind::kFirst};
  if (numbering.restarts && !goes_on_behind(connection, numbering)) {
    return {.kind = Kind::kRestarted};
  }
  return numbering.scope == NumberingScope::kConnection
             ? judge_connection(connection, numbering)
             : judge_feed(find(connection).last, numbering);
}

/// Whether a snapshot is no new beginning, but a copy: its connection goes on, behind another one,
/// or was there before it.
bool Continuity::goes_on_behind(ConnectionId connection, const Numbering& numbering) const {
  if (numbering.scope != NumberingScope::kFeed || *numbering.sequence > *last_) return false;
  const NumberOfConnection known = find(connection);
  if (known.is_level) return false;
  if (*numbering.sequence == *last_) return true;
  return known.is_of_stream ? numbering.sequence > known.last : is_read_late(connection);
}

/// Whether it is an earlier connection of the shard that has brought the last message.
bool Continuity::is_read_late(ConnectionId connection) const {
  return std::ranges::any_of(carriers_, [&](const NumberOfConnection& other) {
    return other.is_level && other.connection.shard == connection.shard &&
           other.connection.generation > connection.generation;
  });
}

/// What a connection has passed over while another one spoke, that one may have brought.
Continuity::Finding Continuity::judge_connection(ConnectionId connection,
                                                 const Numbering& numbering) const {
  const std::uint64_t sequence = *numbering.sequence;
  const NumberOfConnection known = find(connection);
  const auto before = known.last;
  if (!before) return {.kind = Kind::kFirst};
  if (sequence < *before) return {.kind = Kind::kRestarted};
  if (sequence == *before) return {.kind = Kind::kRepeated};
  if (follows(*before, numbering)) return {.kind = Kind::kNext};
  if (!known.is_level) return {.kind = Kind::kFirst};
  return {.kind = Kind::kAhead, .missed = count_missed(*before, numbering), .is_hole = true};
}

Continuity::Finding Continuity::judge_feed(std::optional<std::uint64_t> before,
                                           const Numbering& numbering) const {
  const std::uint64_t sequence = *numbering.sequence;
  if (sequence > *last_) {
    if (follows(*last_, numbering)) return {.kind = Kind::kNext};
    return {.kind = Kind::kAhead,
            .missed = count_missed(*last_, numbering),
            .is_hole = before && !follows(*before, numbering)};
  }
  if (missing_.contains(sequence)) return {.kind = Kind::kLate};
  const bool has_gone_back = before && sequence < *before;
  return {.kind = has_gone_back ? Kind::kRestarted : Kind::kRepeated};
}

void Continuity::accept(ConnectionId connection, const Numbering& numbering,
                        const Finding& finding) {
  last_key_ = numbering.key;
  if (!numbering.sequence) return;
  const std::uint64_t sequence = *numbering.sequence;
  const bool is_of_feed = numbering.scope == NumberingScope::kFeed;
  switch (finding.kind) {
    case Kind::kLate: (void)missing_.take(sequence); break;
    case Kind::kRepeated: break;
    case Kind::kAhead:
      if (finding.missed && is_of_feed) missing_.add(*last_ + 1, sequence - 1);
      last_ = sequence;
      break;
    case Kind::kRestarted: missing_.clear(); [[fallthrough]];
    case Kind::kFirst:
    case Kind::kNext: last_ = sequence; break;
    case Kind::kUnnumbered: return;
  }
  const bool is_old = finding.kind == Kind::kLate || finding.kind == Kind::kRepeated;
  const NumberOfConnection known = find(connection);
  const bool stays_level = known.is_level || (is_of_feed && sequence == last_);
  const bool is_anew = finding.kind == Kind::kRestarted || finding.kind == Kind::kFirst;
  const bool is_of_stream = !is_old || goes_on(known, sequence);
  for (NumberOfConnection& other : carriers_) {
    other.is_level = other.is_level && is_old;
    other.is_of_stream = other.is_of_stream && !is_anew;
  }
  remember({connection, sequence, !is_old || stays_level, is_of_stream});
}

void Continuity::note_copy(ConnectionId connection, const Numbering& numbering) {
  if (!numbering.sequence) return;
  const bool is_own = numbering.scope == NumberingScope::kConnection;
  const bool is_of_last = is_own && numbering.key && numbering.key == last_key_;
  const bool is_last = !is_own && numbering.sequence == last_;
  const NumberOfConnection known = find(connection);
  remember({connection, *numbering.sequence, is_of_last || known.is_level,
            is_last || goes_on(known, *numbering.sequence)});
}

void Continuity::follow(ConnectionId connection) {
  for (NumberOfConnection& other : carriers_) other.is_level = other.is_of_stream = false;
  remember({connection, find(connection).last, /*is_level=*/true, /*is_of_stream=*/false});
}

/// Whether a copy with this number is one of the stream as the one before it was.
bool Continuity::goes_on(const NumberOfConnection& known, std::uint64_t sequence) {
  return known.is_of_stream && sequence > known.last;
}

/// Without a number, if nothing is known of it.
NumberOfConnection Continuity::find(ConnectionId connection) const {
  const auto known = std::ranges::find(carriers_, connection, &NumberOfConnection::connection);
  return known == carriers_.end() ? NumberOfConnection{connection} : *known;
}

NumbersOfConnections::iterator Continuity::find_oldest() {
  const auto behind =
      std::ranges::find(carriers_.rbegin(), carriers_.rend(), false, &NumberOfConnection::is_level);
  return behind == carriers_.rend() ? carriers_.end() - 1 : behind.base() - 1;
}

/// Of more than three, the one that has been silent for longest is forgotten, but not one that has
/// come as far as the stream: its next message may show a hole.
void Continuity::remember(const NumberOfConnection& carrier) {
  const auto known =
      std::ranges::find(carriers_, carrier.connection, &NumberOfConnection::connection);
  const auto old = known == carriers_.end() ? find_oldest() : known;
  std::rotate(carriers_.begin(), old, old + 1);
  carriers_.front() = carrier;
}

}  // namespace wsm
