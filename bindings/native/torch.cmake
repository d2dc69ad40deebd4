# libavs_torch.so. libtorch is found by its files rather than by find_package(Torch), which wants a whole CUDA toolkit
# as soon as the libtorch was built with CUDA; the shim itself needs no CUDA header.

if(AVS_LIBTORCH)
  string(REGEX REPLACE "/share/cmake/*$" "" AVS_LIBTORCH "${AVS_LIBTORCH}") # what torch.utils.cmake_prefix_path says
  set(torch_include "${AVS_LIBTORCH}/include")
  set(torch_lib "${AVS_LIBTORCH}/lib")
  set(torch_search NO_DEFAULT_PATH)
else()
  set(torch_include /usr/include)
  set(torch_lib /usr/lib/x86_64-linux-gnu)
  set(torch_search "")
endif()

find_path(AVS_TORCH_INCLUDE ATen/core/dispatch/Dispatcher.h PATHS "${torch_include}" ${torch_search})
find_library(AVS_TORCH_CPU torch_cpu PATHS "${torch_lib}" ${torch_search})
find_library(AVS_C10 c10 PATHS "${torch_lib}" ${torch_search})
if(NOT AVS_TORCH_INCLUDE OR NOT AVS_TORCH_CPU OR NOT AVS_C10)
  if(AVS_LIBTORCH)
    message(FATAL_ERROR "error: no libtorch in ${AVS_LIBTORCH}: expected include/ATen and lib/libtorch_cpu.so there")
  endif()
  message(FATAL_ERROR "error: no libtorch on this system: install libtorch-dev, or name a PyTorch's folder in AVS_LIBTORCH")
endif()

# The version, from whichever header this libtorch defines it in.
set(torch_version "")
foreach(header torch/csrc/api/include/torch/version.h torch/headeronly/version.h)
  if(EXISTS "${AVS_TORCH_INCLUDE}/${header}")
    file(READ "${AVS_TORCH_INCLUDE}/${header}" text)
    if(text MATCHES "TORCH_VERSION_MAJOR ([0-9]+)")
      set(torch_version "${CMAKE_MATCH_1}")
      if(text MATCHES "TORCH_VERSION_MINOR ([0-9]+)")
        string(APPEND torch_version ".${CMAKE_MATCH_1}")
      endif()
    endif()
  endif()
endforeach()
if(NOT torch_version OR torch_version VERSION_LESS 1.13)
  message(FATAL_ERROR "error: the libtorch at ${AVS_TORCH_CPU} is version ${torch_version}, which is too old: 1.13 or newer is needed")
endif()
message(STATUS "libtorch ${torch_version}: ${AVS_TORCH_CPU}")

add_library(avs_torch SHARED torch_dispatch.cpp torch_runtime.cpp torch_profile.cpp torch_optimizer.cpp torch_function.cpp
  torch_autocast.cpp torch_memory.cpp torch_winograd.cpp torch_attention.cpp torch_gelu.cpp torch_layer_norm.cpp torch_batch_norm.cpp)
# Without these the loops are not vectorised (in the optimizer, because of the square root).
set_source_files_properties(torch_optimizer.cpp torch_winograd.cpp torch_attention.cpp torch_gelu.cpp torch_layer_norm.cpp torch_batch_norm.cpp
  PROPERTIES COMPILE_OPTIONS "-O3;-fno-math-errno;-fno-trapping-math")
target_include_directories(avs_torch SYSTEM PRIVATE "${AVS_TORCH_INCLUDE}" "${AVS_TORCH_INCLUDE}/torch/csrc/api/include")
# -fopenmp: at::parallel_for is a template whose threads come from here; without it, it is a loop. Compiled only, not linked: what runs them is the OpenMP
# that this libtorch brings, so that there is one set of threads.
target_compile_options(avs_torch PRIVATE -O2 -Wall -fopenmp)
target_link_libraries(avs_torch PRIVATE "${AVS_TORCH_CPU}" "${AVS_C10}")
if(torch_version VERSION_GREATER_EQUAL 2.9)
  set_target_properties(avs_torch PROPERTIES CXX_STANDARD 20)
endif()

# Nothing here calls into libtorch_cuda: it registers its operators when it is loaded, so it must not be dropped as unneeded.
get_filename_component(torch_lib "${AVS_TORCH_CPU}" DIRECTORY)
if(EXISTS "${torch_lib}/libtorch_cuda.so")
  target_link_options(avs_torch PRIVATE -Wl,--no-as-needed)
  target_link_libraries(avs_torch PRIVATE "${torch_lib}/libtorch_cuda.so")
endif()

# pip's older builds use the C++ library's old string layout; their own configuration says so.
set(torch_config "${AVS_TORCH_INCLUDE}/../share/cmake/Torch/TorchConfig.cmake")
if(AVS_LIBTORCH AND EXISTS "${torch_config}")
  file(READ "${torch_config}" text)
  if(text MATCHES "D_GLIBCXX_USE_CXX11_ABI=([01])")
    target_compile_definitions(avs_torch PRIVATE _GLIBCXX_USE_CXX11_ABI=${CMAKE_MATCH_1})
  endif()
endif()
