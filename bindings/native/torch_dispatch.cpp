// Every operator of libtorch through one door: found by its schema's name and run boxed, autograd included.
// An argument is converted to what the schema asks for; those left off take the schema's defaults.

#include "torch_shim.h"

#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <ATen/core/stack.h>

namespace {

using avs::Handle;
using c10::IValue;
using c10::TypeKind;
using OptionalTensor = decltype(std::declval<IValue>().toOptional<at::Tensor>());

enum class Kind { Tensor, Number, Int, Real, Bool, Text, Device, Generator, Ints, Reals, Bools, Numbers, Tensors, MaybeTensors, Other };

struct Parameter {
    Kind kind;
    bool optional;
    bool has_default;
    int32_t fixed_length;  // of `int[2]`, where one number stands for all; else 0
    IValue fallback;
    std::string name;
    std::string type;
};

struct Operator {
    c10::OperatorHandle handle;
    std::string name;
    std::vector<Parameter> parameters;
};

Kind kind_of(const c10::Type& type) {
    switch (type.kind()) {
        case TypeKind::TensorType: return Kind::Tensor;
        case TypeKind::NumberType: return Kind::Number;
        case TypeKind::IntType: return Kind::Int;
        case TypeKind::FloatType: return Kind::Real;
        case TypeKind::BoolType: return Kind::Bool;
        case TypeKind::StringType: return Kind::Text;
        case TypeKind::DeviceObjType: return Kind::Device;
        case TypeKind::GeneratorType: return Kind::Generator;
        case TypeKind::ListType: break;
        default: return Kind::Other;
    }
    const auto& element = *type.containedType(0);
    switch (element.kind()) {
        case TypeKind::TensorType: return Kind::Tensors;
        case TypeKind::NumberType: return Kind::Numbers;
        case TypeKind::IntType: return Kind::Ints;
        case TypeKind::FloatType: return Kind::Reals;
        case TypeKind::BoolType: return Kind::Bools;
        case TypeKind::OptionalType:
            return element.containedType(0)->kind() == TypeKind::TensorType ? Kind::MaybeTensors : Kind::Other;
        default: return Kind::Other;
    }
}

Parameter parameter_of(const c10::Argument& argument) {
    const c10::Type* type = argument.type().get();
    const bool optional = type->kind() == TypeKind::OptionalType;
    c10::TypePtr inner = optional ? type->containedType(0) : argument.type();
    const auto fallback = argument.default_value();
    return {kind_of(*inner), optional, fallback.has_value(), argument.N() ? *argument.N() : 0,
            fallback ? *fallback : IValue(), argument.name(), argument.type()->str()};
}

const char* tag_name(int32_t tag) {
    static const char* const names[] = {"None", "the default", "a tensor", "an integer", "a float", "a truth value", "a complex number",
        "a list of integers", "a list of floats", "a list of truth values", "a list of tensors", "a string", "a device", "a generator"};
    return tag >= 0 && tag <= kGenerator ? names[tag] : "something unknown";
}

[[noreturn]] void refuse(const Operator& op, const Parameter& parameter, const AvsValue& value) {
    throw std::invalid_argument(op.name + "(): argument '" + parameter.name + "' must be " + parameter.type + ", not " + tag_name(value.tag));
}

IValue number(const Operator& op, const Parameter& parameter, const AvsValue& value) {
    switch (value.tag) {
        case kInt: return value.integer;
        case kDouble: return value.real;
        case kBool: return value.integer != 0;
        case kComplex: {
            auto parts = static_cast<const double*>(value.pointer);
            return c10::complex<double>(parts[0], parts[1]);
        }
        default: refuse(op, parameter, value);
    }
}

template <class To, class From>
IValue list_of(const AvsValue& value) {
    c10::List<To> list;
    list.reserve(value.length);
    auto words = static_cast<const From*>(value.pointer);
    for (int32_t i = 0; i < value.length; i++)
        list.push_back(static_cast<To>(words[i]));
    return list;
}

template <class To>
IValue repeated(To item, int32_t times) {
    c10::List<To> list;
    for (int32_t i = 0; i < times; i++)
        list.push_back(item);
    return list;
}

IValue tensors(const Operator& op, const Parameter& parameter, const AvsValue& value) {
    c10::List<at::Tensor> list;
    list.reserve(value.length);
    auto handles = static_cast<const Handle*>(value.pointer);
    for (int32_t i = 0; i < value.length; i++) {
        if (!handles[i])
            throw std::invalid_argument(op.name + "(): element " + std::to_string(i) + " of '" + parameter.name + "' is null");
        list.push_back(avs::borrow(handles[i]));
    }
    return list;
}

IValue maybe_tensors(const AvsValue& value) {
    c10::List<OptionalTensor> list;
    list.reserve(value.length);
    auto handles = static_cast<const Handle*>(value.pointer);
    for (int32_t i = 0; i < value.length; i++)
        list.push_back(handles[i] ? OptionalTensor(avs::borrow(handles[i])) : OptionalTensor());
    return list;
}

IValue converted(const Operator& op, const Parameter& parameter, const AvsValue& value) {
    const auto tag = value.tag;
    if (tag == kTensor && parameter.kind == Kind::Tensor)
        return avs::borrow(static_cast<Handle>(const_cast<void*>(value.pointer)));
    if (tag == kDefault && parameter.has_default)
        return parameter.fallback;
    if (tag == kNone && parameter.optional)
        return IValue();
    switch (parameter.kind) {
        case Kind::Number:
            return number(op, parameter, value);
        case Kind::Int:
            if (tag == kInt || tag == kBool)
                return value.integer;
            break;
        case Kind::Real:
            if (tag == kDouble)
                return value.real;
            if (tag == kInt)
                return static_cast<double>(value.integer);
            break;
        case Kind::Bool:
            if (tag == kBool || tag == kInt)
                return value.integer != 0;
            break;
        case Kind::Text:
            if (tag == kString)
                return std::string(static_cast<const char*>(value.pointer), value.length);
            break;
        case Kind::Device:
            if (tag == kDevice)
                return c10::Device(static_cast<c10::DeviceType>(value.integer >> 32), static_cast<c10::DeviceIndex>(value.integer & 0xffffffff));
            break;
        case Kind::Generator:
            if (tag == kGenerator)
                return IValue(*static_cast<const at::Generator*>(value.pointer));
            break;
        case Kind::Ints:
            if (tag == kIntList)
                return list_of<int64_t, int64_t>(value);
            if (tag == kInt)
                return repeated<int64_t>(value.integer, std::max(parameter.fixed_length, 1));
            break;
        case Kind::Reals:
            if (tag == kDoubleList)
                return list_of<double, double>(value);
            if (tag == kIntList)
                return list_of<double, int64_t>(value);
            if (tag == kDouble || tag == kInt)
                return repeated<double>(tag == kDouble ? value.real : value.integer, std::max(parameter.fixed_length, 1));
            break;
        case Kind::Bools:
            if (tag == kBoolList)
                return list_of<bool, int64_t>(value);
            if (tag == kBool)
                return repeated<bool>(value.integer != 0, std::max(parameter.fixed_length, 1));
            break;
        case Kind::Numbers:
            if (tag == kDoubleList)
                return list_of<at::Scalar, double>(value);
            if (tag == kIntList)
                return list_of<at::Scalar, int64_t>(value);
            break;
        case Kind::Tensors:
            if (tag == kTensorList)
                return tensors(op, parameter, value);
            break;
        case Kind::MaybeTensors:
            if (tag == kTensorList)
                return maybe_tensors(value);
            break;
        default:
            break;
    }
    refuse(op, parameter, value);
}

// The thread's stack of operands, kept for its memory. It is empty between calls, also after an exception.
struct Operands {
    torch::jit::Stack& stack;
    static torch::jit::Stack& shared() {
        static thread_local torch::jit::Stack stack;
        return stack;
    }
    Operands() : stack(shared()) {}
    ~Operands() { stack.clear(); }

    void run(const Operator& op, const AvsValue* args, int32_t count) {
        const auto& parameters = op.parameters;
        if (static_cast<size_t>(count) > parameters.size())
            throw std::invalid_argument(op.name + "() takes at most " + std::to_string(parameters.size()) + " arguments, not " + std::to_string(count));
        stack.reserve(parameters.size());
        for (int32_t i = 0; i < count; i++)
            stack.emplace_back(converted(op, parameters[i], args[i]));
        for (size_t i = count; i < parameters.size(); i++) {
            if (!parameters[i].has_default)
                throw std::invalid_argument(op.name + "(): argument '" + parameters[i].name + "' is missing");
            stack.emplace_back(parameters[i].fallback);
        }
        op.handle.callBoxed(&stack);
    }
};

constexpr int64_t kLarge = 1 << 20;

// The bytes of a large tensor that owns its memory alone, else 0.
int64_t large_bytes(const at::Tensor& tensor) {
    if (!tensor.has_storage() || tensor.numel() * static_cast<int64_t>(tensor.itemsize()) < kLarge)
        return 0;
    return tensor.storage().use_count() == 1 ? static_cast<int64_t>(tensor.storage().nbytes()) : 0;
}

// Results of the last avs_op_call of this thread; what the caller did not take is let go by the next one.
std::vector<AvsValue>& results() {
    static thread_local std::vector<AvsValue> values;
    return values;
}

void append(IValue& value, std::vector<AvsValue>& out) {
    AvsValue result{kNone, 0, {0}};
    if (value.isTensor()) {
        result.tag = kTensor;
        result.pointer = avs::give(std::move(value).toTensor());
    } else if (value.isInt()) {
        result.tag = kInt;
        result.integer = value.toInt();
    } else if (value.isDouble()) {
        result.tag = kDouble;
        result.real = value.toDouble();
    } else if (value.isBool()) {
        result.tag = kBool;
        result.integer = value.toBool();
    } else if (value.isTensorList()) {
        for (at::Tensor tensor : value.toTensorVector())
            out.push_back({kTensor, 0, {reinterpret_cast<int64_t>(avs::give(std::move(tensor)))}});
        return;
    }
    out.push_back(result);
}

}  // namespace

AVS_API void* avs_op_find(const char* name, const char* overload) {
    static std::mutex lock;
    static std::deque<Operator> found;
    Operator* result = nullptr;
    avs::guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
        if (!handle)
            return;
        Operator op{*handle, name, {}};
        if (*overload)
            op.name += std::string(".") + overload;
        for (const auto& argument : handle->schema().arguments())
            op.parameters.push_back(parameter_of(argument));
        std::lock_guard<std::mutex> hold(lock);
        found.push_back(std::move(op));
        result = &found.back();
    });
    return result;
}

AVS_API int avs_op_call_one(const Operator* op, const AvsValue* args, int32_t count, Handle* tensor, int64_t* bytes) {
    *tensor = nullptr;
    *bytes = 0;
    return avs::guarded([&] {
        Operands operands;
        operands.run(*op, args, count);
        auto& stack = operands.stack;
        if (stack.empty())
            return;
        at::Tensor result;
        if (stack[0].isTensor())
            result = std::move(stack[0]).toTensor();
        else if (stack[0].isTensorList() && stack[0].toTensorList().size() > 0)
            result = stack[0].toTensorList().get(0);
        else
            throw std::invalid_argument(op->name + "() does not return a tensor");
        if (result.defined())
            *bytes = large_bytes(result);
        *tensor = avs::give(std::move(result));
    });
}

AVS_API int avs_op_run(const Operator* op, const AvsValue* args, int32_t count) {
    return avs::guarded([&] { Operands().run(*op, args, count); });
}

AVS_API int avs_op_call(const Operator* op, const AvsValue* args, int32_t count, const AvsValue** values, int32_t* value_count) {
    *values = nullptr;
    *value_count = 0;
    return avs::guarded([&] {
        Operands operands;
        operands.run(*op, args, count);
        auto& out = results();
        out.clear();
        for (auto& value : operands.stack)
            append(value, out);
        *values = out.data();
        *value_count = static_cast<int32_t>(out.size());
    });
}
