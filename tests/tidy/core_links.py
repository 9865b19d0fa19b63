#!/usr/bin/env python3
"""Checks that wsm_core can see no operating system: neither what it links nor what it calls.

Usage: core_links.py --nm NM --archive LIBRARY --libraries NAMES…
"""

import argparse
import re
import subprocess
import sys

# What computes, and nothing else. Header-only libraries are included, not linked.
ALLOWED_LIBRARIES = {
    "wsm_build_options",  # Flags of the compiler.
    "Boost::url",  # URLs, out of text.
    "simdjson::simdjson",  # Its UTF-8 validator.
    "ZLIB::ZLIB",  # What permessage-deflate compresses with; no core file calls its gz functions.
}

# What an object may not leave for others to define; names as the linker has them.
FORBIDDEN = {
    "sockets": r"socket(pair)?|connect|bind|listen|accept4?|shutdown|getsockopt|setsockopt"
               r"|send(to|msg|mmsg|file)?|recv(from|msg|mmsg)?",
    "files": r"f?open(at)?(64)?|readv?|writev?|close|pipe2?|fcntl(64)?|ioctl",
    "waiting": r"epoll_\w+|p?poll|p?select|eventfd|timerfd_\w+|u?sleep|(clock_)?nanosleep",
    "names": r"getaddrinfo|freeaddrinfo|getnameinfo|gethostby\w+|if_nametoindex",
    "threads and locks": r"pthread_\w+|_ZNSt6thread\w+|_ZNSt18condition_variable\w+|sem_\w+"
                         r"|_ZNSt5mutex\w+|_ZSt15get_once_mutexv",
    "clocks": r"clock_gettime|gettimeofday|time|_ZNSt6chrono3_V2\d+\w+_clock3nowEv",
    "randomness": r"getrandom|getentropy|s?rand(om)?|_ZNSt13random_device\w+",
    "environment": r"(secure_)?getenv",
    "zlib's files": r"gz\w+",
    "OpenSSL": r"(SSL|EVP|RAND|BIO|X509|ERR|CRYPTO|OPENSSL)_\w+|SHA1(_\w+)?",
    "Boost.Asio": r"_Z(T[ISTV])?NK?5boost4asio\w+",
}


def library_faults(libraries):
    """`libraries` are CMake's names; empty ones are generator expressions that came to nothing."""
    for name in libraries:
        if name and name not in ALLOWED_LIBRARIES:
            yield f"wsm_core links {name}"


def symbol_faults(listing):
    """`listing` is what `nm --undefined-only` prints for an archive."""
    faults = set()
    member = "?"
    for line in listing.splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif match := re.fullmatch(r"\s+[UwV]\s+(\S+)", line):
            symbol = match[1].split("@")[0]
            for kind, pattern in FORBIDDEN.items():
                if re.fullmatch(pattern, symbol):
                    faults.add(f"{member} calls {symbol} ({kind})")
    return sorted(faults)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--archive", required=True)
    parser.add_argument("--libraries", default="", help="separated by semicolons")
    options = parser.parse_args(arguments)

    command = [options.nm, "--undefined-only", options.archive]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    faults = [*library_faults(options.libraries.split(";")), *symbol_faults(listing)]
    for fault in faults:
        print(fault)
    print(f"core_links: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
