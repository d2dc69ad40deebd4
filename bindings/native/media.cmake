# libavs_media.so: OpenCV behind a flat C interface.
find_package(OpenCV 4.5 QUIET COMPONENTS core imgcodecs imgproc videoio)
if(NOT OpenCV_FOUND AND AVS_BUILD_MEDIA STREQUAL "AUTO")
  message(STATUS "OpenCV 4.5 or newer was not found: libavs_media.so is left out")
  return()
endif()
if(NOT OpenCV_FOUND)
  message(FATAL_ERROR "OpenCV 4.5 or newer was not found: install libopencv-dev")
endif()

add_library(avs_media SHARED media.cpp)
target_include_directories(avs_media SYSTEM PRIVATE ${OpenCV_INCLUDE_DIRS})
target_link_libraries(avs_media PRIVATE ${OpenCV_LIBS})
target_compile_options(avs_media PRIVATE -Wall -Wextra)
