# Two components: `development`, the library with its headers and the CMake package
# `ws-shard-manager`, which gives the target wsm::wsm; and `program`, the program wsm.
include(CMakePackageConfigHelpers)

set(WSM_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ws-shard-manager)

install(
  TARGETS wsm
  EXPORT wsm-targets
  LIBRARY COMPONENT development
  ARCHIVE COMPONENT development)
install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/include/wsm
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT development
  FILES_MATCHING
  PATTERN "*.h")
install(
  EXPORT wsm-targets
  NAMESPACE wsm::
  DESTINATION ${WSM_PACKAGE_DIR}
  COMPONENT development)

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/ws-shard-manager-config.cmake.in
  ${PROJECT_BINARY_DIR}/ws-shard-manager-config.cmake
  INSTALL_DESTINATION ${WSM_PACKAGE_DIR}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 any minor version may change the interface.
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/ws-shard-manager-config-version.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/ws-shard-manager-config.cmake
        ${PROJECT_BINARY_DIR}/ws-shard-manager-config-version.cmake
  DESTINATION ${WSM_PACKAGE_DIR}
  COMPONENT development)

if(TARGET wsm_program)
  install(TARGETS wsm_program RUNTIME COMPONENT program)
endif()
