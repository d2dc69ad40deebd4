// What ran: every operator that libtorch's dispatcher saw between start and stop, forward and backward, with its calls, its own time and,
// for convolutions and matrix products, its arithmetic. Everything else a network does is small beside those two.

#include "torch_shim.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <ATen/record_function.h>

namespace {

struct Entry {
    int64_t calls = 0;
    int64_t own_ns = 0;
    double flop = 0;
};

std::mutex hold;
std::map<std::string, Entry> entries;
at::CallbackHandle callback = 0;
bool running = false, shapes_wanted = false;

int64_t now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// One operator that is running on this thread. What it calls is its child, whose time is not its own.
struct Frame : at::ObserverContext {
    Frame* parent;
    int64_t start, children = 0;
    double flop;
    std::string shapes;
};

thread_local Frame* innermost = nullptr;

const at::Tensor* tensor(c10::ArrayRef<const c10::IValue> inputs, size_t i) {
    return i < inputs.size() && inputs[i].isTensor() && inputs[i].toTensor().defined() ? &inputs[i].toTensor() : nullptr;
}

// 2 b n k m of a product [b,] n x k times k x m.
double product(const at::Tensor* left, const at::Tensor* right) {
    return left && right && right->dim() >= 2 ? 2.0 * left->numel() * right->size(-1) : 0;
}

// 2 |output| |weights of one output channel|. A transposed convolution is the same seen from its input.
double convolution(const at::Tensor* output, const at::Tensor* weight) {
    return output && weight && weight->size(0) > 0 ? 2.0 * output->numel() * (weight->numel() / weight->size(0)) : 0;
}

double convolution_forward(c10::ArrayRef<const c10::IValue> inputs) {
    const auto *x = tensor(inputs, 0), *weight = tensor(inputs, 1);
    if (!x || !weight || x->dim() < 3)
        return 0;
    if (inputs[6].toBool())
        return convolution(x, weight);
    const auto stride = inputs[3].toIntVector(), padding = inputs[4].toIntVector(), dilation = inputs[5].toIntVector();
    double places = static_cast<double>(x->size(0));
    for (int64_t i = 2; i < x->dim(); i++) {
        const auto at = [&](const std::vector<int64_t>& list) { return list.size() == 1 ? list[0] : list[i - 2]; };
        places *= static_cast<double>((x->size(i) + 2 * at(padding) - at(dilation) * (weight->size(i) - 1) - 1) / at(stride) + 1);
    }
    return 2.0 * places * weight->numel();
}

double convolution_backward(c10::ArrayRef<const c10::IValue> inputs) {
    const auto *grad = tensor(inputs, 0), *x = tensor(inputs, 1), *weight = tensor(inputs, 2);
    const auto wanted = inputs[10].toBoolList();
    return convolution(inputs[7].toBool() ? x : grad, weight) * ((wanted.get(0) ? 1 : 0) + (wanted.get(1) ? 1 : 0));
}

// Every weight at every place.
double padded_3x3(const at::Tensor* x, const at::Tensor* weight) { return x && weight ? 2.0 * x->size(0) * x->size(2) * x->size(3) * weight->numel() : 0; }

// Scores, and sums of values: 2 L S (d + e) for each head.
double attention(const at::Tensor* query, const at::Tensor* key, const at::Tensor* value) {
    return query && key && value ? 2.0 * query->numel() / query->size(-1) * key->size(-2) * (query->size(-1) + value->size(-1)) : 0;
}

double flop_of(const at::RecordFunction& function) {
    const std::string name = function.name();
    const auto inputs = function.inputs();
    if (name == "aten::mm" || name == "aten::bmm")
        return product(tensor(inputs, 0), tensor(inputs, 1));
    if (name == "aten::addmm" || name == "aten::baddbmm")
        return product(tensor(inputs, 1), tensor(inputs, 2));
    if (name == "aten::_convolution" && inputs.size() > 8)
        return convolution_forward(inputs);
    // As many as a direct convolution has, so that a model's figure is its own and not an algorithm's.
    if (name == "avs::conv3x3" || name == "avs::conv3x3_input_gradient")
        return padded_3x3(tensor(inputs, 0), tensor(inputs, 1));
    if (name == "avs::conv3x3_weight_gradient")
        return tensor(inputs, 0) && tensor(inputs, 1) ? 2.0 * 9 * tensor(inputs, 0)->numel() * tensor(inputs, 1)->size(1) : 0;
    if (name == "avs::attention")
        return attention(tensor(inputs, 0), tensor(inputs, 1), tensor(inputs, 2));
    if (name == "avs::attention_backward") // two products for each of the two forward; the scores, computed again, are the algorithm's
        return 2 * attention(tensor(inputs, 1), tensor(inputs, 2), tensor(inputs, 3));
    if (name == "aten::convolution_backward" && inputs.size() > 10)
        return convolution_backward(inputs);
    return 0;
}

std::string shapes_of(c10::ArrayRef<const c10::IValue> inputs) {
    std::string text;
    for (size_t i = 0; i < inputs.size(); i++) {
        if (const auto* one = tensor(inputs, i)) {
            text += ' ';
            for (int64_t k = 0; k < one->dim(); k++)
                text += (k ? "x" : "") + std::to_string(one->size(k));
        }
    }
    return text;
}

std::unique_ptr<at::ObserverContext> entered(const at::RecordFunction& function) {
    auto frame = std::make_unique<Frame>();
    frame->parent = innermost;
    frame->flop = flop_of(function);
    if (shapes_wanted)
        frame->shapes = shapes_of(function.inputs());
    innermost = frame.get();
    frame->start = now();
    return frame;
}

void left(const at::RecordFunction& function, at::ObserverContext* context) {
    auto* frame = static_cast<Frame*>(context);
    const auto took = now() - frame->start;
    innermost = frame->parent;
    if (innermost)
        innermost->children += took;
    for (auto* outer = innermost; outer; outer = outer->parent)
        outer->flop = std::max(0.0, outer->flop - frame->flop); // each operation is one operator's
    std::lock_guard<std::mutex> locked(hold);
    auto& entry = entries[function.name() + frame->shapes];
    entry.calls++;
    entry.own_ns += took - frame->children;
    entry.flop += frame->flop;
}

}  // namespace

// By name, or by name and the shapes of the tensors given.
AVS_API int avs_profile_start(int32_t by_shape) {
    return avs::guarded([&] {
        std::lock_guard<std::mutex> locked(hold);
        TORCH_CHECK(!running, "a profile is being taken already");
        entries.clear();
        shapes_wanted = by_shape != 0;
        callback = at::addGlobalCallback(at::RecordFunctionCallback(entered, left).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
        running = true;
    });
}

// The operators seen, a line each: name, calls, nanoseconds of its own, floating-point operations; tabs between. Valid until the next call on this thread.
AVS_API int avs_profile_stop(const char** lines) {
    return avs::guarded([&] {
        static thread_local std::string text;
        std::lock_guard<std::mutex> locked(hold);
        TORCH_CHECK(running, "no profile is being taken");
        at::removeCallback(callback);
        running = false;
        text.clear();
        for (const auto& [name, entry] : entries)
            text += name + '\t' + std::to_string(entry.calls) + '\t' + std::to_string(entry.own_ns) + '\t' + std::to_string(static_cast<int64_t>(entry.flop)) + '\n';
        *lines = text.c_str();
    });
}
