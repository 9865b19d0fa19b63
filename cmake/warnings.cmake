# What every target of this project is compiled with; consumers of the installed package get none of it.
add_library(wsm_build_options INTERFACE)
target_compile_features(wsm_build_options INTERFACE cxx_std_20)
target_compile_options(
  wsm_build_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
                              -Wold-style-cast -Woverloaded-virtual)
if(WSM_WARNINGS_AS_ERRORS)
  target_compile_options(wsm_build_options INTERFACE -Werror)
endif()
if(WSM_SANITIZERS)
  target_compile_options(wsm_build_options INTERFACE -fsanitize=${WSM_SANITIZERS}
                                                     -fno-omit-frame-pointer)
  target_link_options(wsm_build_options INTERFACE -fsanitize=${WSM_SANITIZERS})
endif()
