// The one place where Boost.Asio's function bodies are compiled: every other file sees declarations
// only (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
