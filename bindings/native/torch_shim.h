// What the parts of libavs_torch.so share: the form of a value at the boundary, handles, and the catching of exceptions.
#pragma once

#include <cstdint>
#include <exception>

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#define AVS_API extern "C" __attribute__((visibility("default")))

// Values as they cross the boundary. Lists point at 8-byte words: integers, doubles, truth values or tensor handles.
enum AvsTag : int32_t {
    kNone = 0,
    kDefault = 1,
    kTensor = 2,
    kInt = 3,
    kDouble = 4,
    kBool = 5,
    kComplex = 6,
    kIntList = 7,
    kDoubleList = 8,
    kBoolList = 9,
    kTensorList = 10,
    kString = 11,
    kDevice = 12,
    kGenerator = 13,
};

struct AvsValue {
    int32_t tag;
    int32_t length;
    union {
        int64_t integer;
        double real;
        const void* pointer;
    };
};

namespace avs {

// A tensor's handle is its TensorImpl with one reference counted for the managed owner; null is the undefined tensor.
using Handle = c10::TensorImpl*;
using ImplPtr = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

inline at::Tensor borrow(Handle handle) {
    return handle ? at::Tensor(ImplPtr::reclaim_copy(handle)) : at::Tensor();
}

inline Handle give(at::Tensor&& tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

void set_error(const char* message) noexcept;

// Makes large tensors share one region of the address space. To be called once, before the first of them is made.
void keep_large_blocks();

// Runs `body`; 0, or 1 with the message kept for avs_last_error. Nothing that C++ throws leaves here.
template <class Body>
int guarded(Body&& body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::Error& error) {
        set_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        set_error(error.what());
    } catch (...) {
        set_error("an exception of an unknown kind in libtorch");
    }
    return 1;
}

}  // namespace avs
