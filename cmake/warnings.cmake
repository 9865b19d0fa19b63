# What every target of this project is compiled with; consumers of the installed package get none of it.
add_library(wsm_build_options INTERFACE)
target_compile_features(wsm_build_options INTERFACE cxx_std_20)
target_compile_options(
  wsm_build_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
                              -Wold-style-cast -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Once it has inlined, gcc 12 sees overlaps in the concatenation of std::string and uninitialised
  # alternatives in moved std::variants, neither of which can be (GCC bugs 105651 and 105593). clang
  # and the sanitizers look for the real ones.
  target_compile_options(wsm_build_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(WSM_WARNINGS_AS_ERRORS)
  target_compile_options(wsm_build_options INTERFACE -Werror)
endif()
if(WSM_SANITIZERS)
  target_compile_options(wsm_build_options INTERFACE -fsanitize=${WSM_SANITIZERS}
                                                     -fno-omit-frame-pointer)
  target_link_options(wsm_build_options INTERFACE -fsanitize=${WSM_SANITIZERS})
endif()

# Sources that are mostly templates of Boost.Beast or CLI11: optimised and with UBSan, one of them
# takes gcc a minute. In a build with sanitizers they keep ASan or TSan only.
function(wsm_compile_lightly)
  if(WSM_SANITIZERS)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "-O0;-fno-sanitize=undefined")
  endif()
endfunction()
