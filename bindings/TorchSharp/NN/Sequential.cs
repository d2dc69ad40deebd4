using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    /// <summary>Modules in a row, each fed with the result of the one before. Results in between are disposed.</summary>
    public class Sequential : Module<torch.Tensor, torch.Tensor>
    {
        private readonly List<IModule<torch.Tensor, torch.Tensor>> _steps = [];

        internal Sequential(IEnumerable<(string name, Module<torch.Tensor, torch.Tensor> submodule)> modules)
            : base(nameof(Sequential))
        {
            foreach (var (name, module) in modules)
                append(name, module);
        }

        internal Sequential(IEnumerable<Module<torch.Tensor, torch.Tensor>> modules)
            : base(nameof(Sequential))
        {
            foreach (var module in modules)
                append(module);
        }

        protected Sequential(params (string name, Module<torch.Tensor, torch.Tensor> submodule)[] modules)
            : this(modules.AsEnumerable())
        {
        }

        protected Sequential(params Module<torch.Tensor, torch.Tensor>[] modules)
            : this(modules.AsEnumerable())
        {
        }

        public int Count => _steps.Count;

        public IModule<torch.Tensor, torch.Tensor> this[int index] => _steps[index];

        /// <summary>A part of the row as a row of its own; the modules are shared.</summary>
        public Sequential this[Range index] => new(named_children()
            .Take(index)
            .Select(entry => (entry.name, (Module<torch.Tensor, torch.Tensor>)entry.module)));

        public Sequential append(string name, IModule<torch.Tensor, torch.Tensor> module)
        {
            register_module(name, (Module)module);
            _steps.Add(module);
            return this;
        }

        public Sequential append(IModule<torch.Tensor, torch.Tensor> module) =>
            append(_steps.Count.ToString(CultureInfo.InvariantCulture), module);

        public override torch.Tensor forward(torch.Tensor tensor)
        {
            if (_steps.Count == 0)
                return tensor.alias();
            var current = _steps[0].call(tensor);
            for (var i = 1; i < _steps.Count; i++)
            {
                var next = _steps[i].call(current);
                if (!ReferenceEquals(next, current) && !ReferenceEquals(current, tensor))
                    current.Dispose();
                current = next;
            }

            return current;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Sequential Sequential() => new(Enumerable.Empty<Module<Tensor, Tensor>>());

            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules.AsEnumerable());

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules.AsEnumerable());

            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules);

            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules);
        }
    }
}
