"""What must not be written, where, and what is written instead."""

import re
from dataclasses import dataclass

BELOW_THE_LINE = ("src/base", "src/wire", "src/core")
LIBRARY = ("include", "src")
PRODUCT = (*LIBRARY, "apps", "conformance", "examples")
EVERYWHERE = (*PRODUCT, "tests", "fuzz", "bench")


@dataclass(frozen=True)
class Ban:
    """`pattern` is searched in code without comments and literals, below `folders`."""

    pattern: re.Pattern
    folders: tuple
    instead: str


def _tokens(folders, instead, *patterns):
    return Ban(re.compile("|".join(f"(?:{pattern})" for pattern in patterns)), folders, instead)


_UNQUALIFIED = r"(?<![\w.>:])"

BANS = [
    # The core sees no operating system: the same inputs give the same outputs.
    _tokens(
        BELOW_THE_LINE, "take `now` as the last parameter",
        r"\b(steady_clock|system_clock|high_resolution_clock)\b", r"\bclock_gettime\b",
        r"\bgettimeofday\b", _UNQUALIFIED + r"(std::)?time\(", r"\bsleep_(for|until)\b"),
    _tokens(
        BELOW_THE_LINE, "return an action; threads and locks belong to src/io and src/manager",
        r"\bstd::(thread|jthread|mutex|shared_mutex|recursive_mutex|timed_mutex)\b",
        r"\bstd::(lock_guard|unique_lock|scoped_lock|shared_lock|condition_variable\w*)\b",
        r"\bstd::(atomic\w*|once_flag|call_once|future|promise|async)\b", r"\bthread_local\b"),
    _tokens(
        BELOW_THE_LINE, "Rng (base/rng.h) for decisions, EntropySource (base/entropy.h) for keys",
        r"\bstd::(mt19937\w*|minstd_rand\w*|random_device|default_random_engine|shuffle)\b"),
    _tokens(
        BELOW_THE_LINE, "return what is to be told; whoever drives the core prints and logs",
        r"\bstd::(cout|cerr|clog|printf|fprintf|fputs|puts)\b", r"\bspdlog::"),
    _tokens(BELOW_THE_LINE, "pass a setting; the core has no environment", r"\bgetenv\b"),
    # The library.
    _tokens(LIBRARY, "return a Failure{…} (wsm/result.h); nothing is thrown by us", r"\bthrow\b"),
    _tokens(LIBRARY, "name it by a plain noun, without get_", _UNQUALIFIED + r"get_\w+\("),
    _tokens(
        LIBRARY, "Rng::below (base/rng.h): distributions differ between standard libraries",
        r"\bstd::\w+_distribution\b"),
    _tokens(LIBRARY, "the Logger of the manager (wsm/logger.h)", r"\bstd::(cout|cerr|clog)\b"),
    # All of it.
    _tokens(PRODUCT, "WSM_ASSERT (base/assert.h), which stays on in release builds",
            r"(?<!\w)assert\(", r"<cassert>"),
    _tokens(PRODUCT, "name it by what it is or does",
            r"\b(class|struct)\s+\w*(Helper|Util|Utils|Info)\b",
            r"\b(class|struct)\s+(?!ShardManager\b)\w*Manager\b(?!\s*;)"),
    _tokens(EVERYWHERE, "wait for a condition, with a deadline", r"\bu?sleep\(\s*\d"),
    _tokens(EVERYWHERE, "'\\n': std::endl flushes", r"\bstd::endl\b"),
    _tokens(EVERYWHERE, "a lambda", r"\bstd::bind\b"),
    _tokens(EVERYWHERE, "nullptr", r"\bNULL\b"),
    _tokens(EVERYWHERE, "using", r"\btypedef\b"),
    _tokens(EVERYWHERE, "Rng (base/rng.h)", r"\bs?rand\(\s*\)"),
    _tokens(EVERYWHERE, "the names that are needed; using-directives are for literals",
            r"\busing\s+namespace\s+(?!std::(\w+::)*\w*literals\b)std\b"),
]

# Searched in everything, comments too.
WORDS = [
    (re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), "an issue, or the work itself"),
]

# Headers, by how their names begin.
HEADERS = [
    (BELOW_THE_LINE, ("boost/asio", "boost/beast/core/tcp_stream", "boost/beast/websocket"),
     "the core returns bytes and actions; src/io has the sockets"),
    (BELOW_THE_LINE, ("openssl/",), "EntropySource (base/entropy.h); src/io has OpenSSL"),
    (BELOW_THE_LINE,
     ("thread", "mutex", "shared_mutex", "condition_variable", "future", "atomic", "semaphore",
      "latch", "barrier", "stop_token"),
     "values in, actions out; threads and locks belong to src/io and src/manager"),
    (BELOW_THE_LINE, ("random",), "base/rng.h or base/entropy.h"),
    (BELOW_THE_LINE, ("iostream", "fstream", "filesystem"), "whoever drives the core prints"),
    (BELOW_THE_LINE,
     ("sys/", "unistd.h", "netdb.h", "arpa/", "netinet/", "poll.h", "fcntl.h", "pthread.h",
      "time.h", "ctime"),
     "src/io has the operating system"),
    (("src/manager",), ("openssl/", "boost/asio/ssl", "sys/", "unistd.h", "netdb.h"),
     "src/io has OpenSSL and the operating system"),
    (EVERYWHERE, ("assert.h", "cassert"), "base/assert.h"),
    (EVERYWHERE, ("bits/",), "the standard header"),
]


def is_banned_header(path, prefixes):
    """A prefix with a slash stands for all that begins so; one without, for itself."""
    return any(path.startswith(prefix) if "/" in prefix else path == prefix for prefix in prefixes)
