"""Tests of core_links.py. Run: python3 core_links_test.py"""

import unittest

from core_links import library_faults, symbol_faults


def listing(*symbols, member="rng.cc.o"):
    return f"\n{member}:\n" + "".join(f"                 U {symbol}\n" for symbol in symbols)


class LibraryFaultsTest(unittest.TestCase):
    def test_allows_what_only_computes(self):
        libraries = ["wsm_build_options", "Boost::url", "", "simdjson::simdjson", "ZLIB::ZLIB"]
        self.assertEqual(list(library_faults(libraries)), [])

    def test_names_each_other_library(self):
        faults = list(library_faults(["Boost::url", "OpenSSL::SSL", "Threads::Threads"]))
        self.assertEqual(faults, ["wsm_core links OpenSSL::SSL", "wsm_core links Threads::Threads"])


class SymbolFaultsTest(unittest.TestCase):
    def test_allows_memory_text_and_the_standard_library(self):
        text = listing("memcpy", "_Znwm", "_ZNSt6vectorIiSaIiEE9push_backEOi", "abort", "fprintf",
                       "_ZN5boost4urls9parse_uriENS_4core11string_viewE", "__asan_report_load8")
        self.assertEqual(symbol_faults(text), [])

    def test_forbids_each_way_to_the_system(self):
        for symbol in ("socket", "recvmsg", "epoll_wait", "getaddrinfo", "pthread_mutex_lock",
                       "clock_gettime", "_ZNSt6chrono3_V212steady_clock3nowEv", "getrandom",
                       "getenv", "gzopen64", "SSL_read", "EVP_DigestInit_ex", "RAND_bytes",
                       "_ZN5boost4asio6detail12socket_ops4recvEimPvmiRNS_6system10error_codeE"):
            with self.subTest(symbol):
                self.assertEqual(len(symbol_faults(listing(symbol))), 1)

    def test_knows_a_symbol_with_its_version(self):
        self.assertEqual(len(symbol_faults(listing("clock_gettime@GLIBC_2.17"))), 1)

    def test_names_the_object_and_the_kind(self):
        faults = symbol_faults(listing("connect", member="shard.cc.o"))
        self.assertEqual(faults, ["shard.cc.o calls connect (sockets)"])

    def test_does_not_take_a_longer_name_for_a_forbidden_one(self):
        self.assertEqual(symbol_faults(listing("connect_all", "timeout", "readability")), [])


if __name__ == "__main__":
    unittest.main()
