// Calls from autograd into managed code: functions whose gradient managed code computes (one tensor from some, and a call back when its gradient is known), and
// news that a leaf's gradient has come.

#include <mutex>
#include <stdexcept>
#include <vector>

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

// Last: the names of its value tags are also those of libtorch's types.
#include "torch_shim.h"

using avs::borrow;
using avs::give;
using avs::guarded;
using avs::Handle;

AVS_API const char* avs_last_error();

namespace {

// Writes `count` gradients, owned by the receiver; null: none. Nonzero: it failed, and avs_set_error has been told why.
using Backward = int32_t (*)(void* function, Handle gradient, Handle* gradients, int32_t count);
using Release = void (*)(void* function);

struct ManagedNode : torch::autograd::Node {
    void* function = nullptr;
    Backward backward = nullptr;
    Release release = nullptr;
    std::vector<torch::autograd::SavedVariable> saved;
    bool released = false;

    ~ManagedNode() override { release(function); }

    torch::autograd::variable_list apply(torch::autograd::variable_list&& gradients) override {
        std::vector<Handle> results(num_outputs(), nullptr);
        torch::autograd::variable_list all(num_outputs());
        if (!gradients[0].defined())
            return all;
        const auto status = backward(function, gradients[0].unsafeGetTensorImpl(), results.data(), static_cast<int32_t>(results.size()));
        for (size_t i = 0; i < results.size(); i++) {
            if (results[i])
                all[i] = at::Tensor(avs::ImplPtr::reclaim(results[i]));
        }
        if (status)
            throw std::runtime_error(avs_last_error());
        return all;
    }

    void release_variables() override {
        std::lock_guard<std::mutex> hold(mutex_);
        saved.clear();
        released = true;
    }
};

// Writes nothing. Nonzero: it failed, and avs_set_error has been told why.
using Arrived = int32_t (*)(void* listener);

// Whoever is told of a leaf's gradients; keeps the node that adds them up, which a tensor itself holds only weakly.
struct Listener {
    void* managed = nullptr;
    Arrived arrived = nullptr;
    Release release = nullptr;
    std::shared_ptr<torch::autograd::Node> accumulator;

    ~Listener() {
        if (release)
            release(managed);
    }
};

struct ArrivalHook : torch::autograd::FunctionPostHook {
    std::weak_ptr<Listener> listener;

    torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs, const torch::autograd::variable_list&) override {
        const auto told = listener.lock();
        if (told && told->arrived(told->managed))
            throw std::runtime_error(avs_last_error());
        return outputs;
    }
};

}  // namespace

// Makes the result of a function of `inputs` remember how its gradient is found; `function` is handed to `release` once that is no longer wanted.
AVS_API int avs_function_record(void* function, Backward backward, Release release, const Handle* inputs, int32_t count, const Handle* saved,
                                int32_t saved_count, Handle result, Handle* recorded, ManagedNode** made) {
    *recorded = nullptr;
    return guarded([&] {
        std::shared_ptr<ManagedNode> node(new ManagedNode, torch::autograd::deleteNode);
        node->function = function;
        node->backward = backward;
        node->release = release;
        *made = node.get();
        torch::autograd::edge_list edges;
        for (int32_t i = 0; i < count; i++)
            edges.push_back(torch::autograd::impl::gradient_edge(borrow(inputs[i])));
        node->set_next_edges(std::move(edges));
        for (int32_t i = 0; i < saved_count; i++)
            node->saved.emplace_back(borrow(saved[i]), false);
        auto variable = borrow(result).variable_data(); // of its own: neither an input nor a view of one
        torch::autograd::set_history(variable, node);
        *recorded = give(std::move(variable));
    });
}

// What was saved, as the caller's own references.
AVS_API int avs_function_saved(ManagedNode* node, Handle* tensors) {
    return guarded([&] {
        TORCH_CHECK(!node->released, "the graph was freed by an earlier backward: keep it with retain_graph");
        for (auto& variable : node->saved)
            *tensors++ = give(variable.unpack());
    });
}

// Tells `managed`, until the listener is freed, whenever backward has added to the gradient of a leaf; `managed` is then handed to `release`.
AVS_API int avs_gradient_listen(Handle leaf, void* managed, Arrived arrived, Release release, std::shared_ptr<Listener>** made) {
    *made = nullptr;
    return guarded([&] {
        const auto variable = borrow(leaf);
        TORCH_CHECK(variable.is_leaf() && variable.requires_grad(), "only a leaf that requires a gradient can be listened to");
        const auto listener = std::make_shared<Listener>();
        listener->accumulator = torch::autograd::impl::grad_accumulator(variable);
        auto hook = std::make_unique<ArrivalHook>();
        hook->listener = listener;
        listener->accumulator->add_post_hook(std::move(hook));
        listener->managed = managed;
        listener->arrived = arrived;
        listener->release = release;
        *made = new std::shared_ptr<Listener>(listener);
    });
}

AVS_API void avs_gradient_listener_free(std::shared_ptr<Listener>* listener) { delete listener; }

AVS_API void avs_set_error(const char* message) { avs::set_error(message); }
