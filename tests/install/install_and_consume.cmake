# Installs the package from BUILD into FOLDER, then builds the project in SOURCE with it and runs
# what it built.

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(flags)
if(SANITIZERS)
  set(flags "-fsanitize=${SANITIZERS}")
endif()

file(REMOVE_RECURSE ${FOLDER})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${FOLDER}/prefix --component development)
run(
  ${CMAKE_COMMAND}
  -G
  Ninja
  -S
  ${SOURCE}
  -B
  ${FOLDER}/build
  -DCMAKE_BUILD_TYPE=Debug
  -DCMAKE_PREFIX_PATH=${FOLDER}/prefix
  -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
  -DCMAKE_CXX_FLAGS=${flags}
  -DWSM_VERSION=${VERSION})
run(${CMAKE_COMMAND} --build ${FOLDER}/build)
run(${FOLDER}/build/consumer)
