# Sourced by the other scripts: steps of which each prints one line, and its log only if it failed.
# The caller opens file descriptor 3 for these lines.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs
jobs=$(nproc)

# The same sources give the same objects, wherever the clone lies.
export CCACHE_BASEDIR=$root
export CCACHE_SLOPPINESS=pch_defines,time_macros # Or nothing with a precompiled header is kept.

# step NAME COMMAND…: runs the command, with its output in build/logs/NAME.log.
step() {
  local name=$1 log shown begin=$SECONDS restart=
  shift
  log=$logs/${name// /-}.log
  shown=${log#"$root"/}
  mkdir -p "$logs"
  printf '%-28s' "$name" >&3
  if [[ -t 3 ]]; then
    restart=$(printf '\r%-28s\e[K' "$name") # What show_progress wrote goes away.
    printf '(%s)' "$shown" >&3
  fi
  if (set -o pipefail && "$@" </dev/null 2>&1 | show_progress "$name" "$shown" | bound_log >"$log")
  then
    printf '%s%5d s\n' "$restart" $((SECONDS - begin)) >&3
    return 0
  fi
  printf '%s%5d s  FAILED\n\n' "$restart" $((SECONDS - begin)) >&3
  show_log "$log" >&3
  return 1
}

# show_progress NAME LOG: passes everything on, and shows in a terminal how far ninja or ctest is.
show_progress() {
  [[ -t 3 ]] || exec cat
  local line ninja='^\[([0-9]+/[0-9]+)\]' ctest='^ *([0-9]+/[0-9]+) Test +#'
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ $ninja || $line =~ $ctest ]]; then
      printf '\r%-28s[%s] (%s)\e[K' "$1" "${BASH_REMATCH[1]}" "$2" >&3
    fi
    printf '%s\n' "$line"
  done
}

# Keeps the first and the last lines of a long output, and no line whole that is a flood by itself.
bound_log() {
  awk -v keep=5000 '
    { line = substr($0, 1, 1000) }
    NR <= keep { print line; fflush(); next }
    { ring[NR % keep] = line }
    END {
      first = NR - keep + 1
      if (first <= keep) first = keep + 1
      else printf "[%d lines left out]\n", first - keep - 1
      for (n = first; n <= NR; ++n) print ring[n % keep]
    }'
}

# Without the lines of what went well; the rest of a very long log stays in its file.
show_log() {
  local lines=400
  sed -E -e '/^(\[[0-9]+\/[0-9]+\] (Building|Linking|Generating) |-- )/d' \
    -e '/^( *Start +[0-9]+: |.* Passed +[0-9.]+ sec$)/d' "$1" | tail -n "$lines"
  printf '\n(from %s)\n\n' "$1"
}

# is_configured PRESET: for this clone, and not for one that was copied hither with its build.
is_configured() {
  [[ -f $root/build/$1/build.ninja ]] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$root/build/$1/CMakeCache.txt"
}

# configure PRESET [cmake arguments…]
configure() {
  local preset=$1
  shift
  is_configured "$preset" || rm -rf "$root/build/$preset"
  cmake -S "$root" --preset "$preset" "$@"
}

# build PRESET [TARGET…]
build() {
  local preset=$1
  shift
  cmake --build "$root/build/$preset" --parallel "$jobs" ${1:+--target "$@"}
}
