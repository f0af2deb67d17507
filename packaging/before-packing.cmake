# Run by cpack when all is staged below CPACK_TEMPORARY_INSTALL_DIRECTORY. Without dpkg-shlibdeps it would make packages
# that lack their dependencies, and only say so. Folders must be readable for all, also if the builder's umask is 077.
find_program(DPKG_SHLIBDEPS dpkg-shlibdeps)
if(NOT DPKG_SHLIBDEPS)
  message(FATAL_ERROR "dpkg-shlibdeps is missing: run cmake/packages.sh package")
endif()
file(CHMOD_RECURSE ${CPACK_TEMPORARY_INSTALL_DIRECTORY} DIRECTORY_PERMISSIONS
     OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
