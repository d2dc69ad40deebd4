using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// Base class of everything that has parameters: a tree of modules, each with named parameters, buffers and children.
        /// A derived class calls <see cref="RegisterComponents"/> at the end of its constructor: its fields become the tree.
        /// </summary>
        public partial class Module : IDisposable
        {
            private readonly string _name;
            private readonly OrderedDictionary<string, Module> _children = [];
            private readonly OrderedDictionary<string, Parameter> _parameters = [];
            private readonly OrderedDictionary<string, (Tensor Tensor, bool Persistent)> _buffers = [];
            private bool _registered;
            private bool _disposed;

            protected Module(string name) => _name = name;

            /// <summary>Whether the module learns (dropout drops, batch norm uses the batch's statistics) or is being used.</summary>
            public virtual bool training { get; private set; } = true;

            public virtual string GetName() => _name;

            /// <summary>Switches this module and all below it between training and evaluation.</summary>
            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var child in _children.Values)
                    child.train(train);
            }

            public virtual void eval() => train(false);

            /// <summary>Runs a function on every module below this one, then on this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var child in _children.Values)
                    child.apply(fn);
                fn(this);
                return this;
            }

            /// <summary>Forgets the gradients, or fills them with zeros.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                    Gradients.Clear(parameter, set_to_none);
            }

            /// <summary>
            /// Registers the fields of the derived classes: a module as child, a <see cref="Parameter"/> as parameter, any other
            /// tensor as buffer, each under the field's name as it is written.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (_registered)
                    return;
                _registered = true;
                const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
                // The layers of this assembly register what they have by hand.
                for (var type = GetType(); type.Assembly != typeof(Module).Assembly; type = type.BaseType!)
                {
                    foreach (var field in type.GetFields(Own))
                        Register(field.Name, field.GetValue(this));
                }
            }

            public virtual void register_module(string name, Module submodule)
            {
                ArgumentNullException.ThrowIfNull(submodule);
                RequireNewName(name);
                submodule.RegisterComponents();
                _children.Add(name, submodule);
            }

            public void add_module(string name, Module module) => register_module(name, module);

            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                RequireNewName(name);
                _parameters.Add(name, param);
            }

            /// <summary>Adds a tensor that is saved and moved with the module but not learned.</summary>
            /// <param name="name">Its name.</param>
            /// <param name="tensor">The tensor; the module owns it from now on.</param>
            /// <param name="persistent">Whether it is part of the state dictionary.</param>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                RequireNewName(name);
                _buffers.Add(name, (tensor.DetachFromDisposeScope(), persistent));
            }

            /// <summary>Disposes the parameters and buffers of this module and of all below it.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (_disposed)
                    return;
                _disposed = true;
                foreach (var child in _children.Values)
                    child.Dispose();
                foreach (var parameter in _parameters.Values)
                    parameter.Dispose();
                foreach (var (buffer, _) in _buffers.Values)
                    buffer.Dispose();
            }

            /// <summary>Sets a layer's own parameter, or takes it away; the one before is disposed.</summary>
            private protected void SetParameter(string name, ref Parameter? field, Parameter? value)
            {
                if (ReferenceEquals(field, value))
                    return;
                field?.Dispose();
                field = value;
                if (value is null)
                    _parameters.Remove(name);
                else
                    _parameters[name] = value;
            }

            /// <summary>Sets a layer's own buffer, or takes it away; the one before is disposed.</summary>
            private protected void SetBuffer(string name, ref Tensor? field, Tensor? value)
            {
                if (ReferenceEquals(field, value))
                    return;
                field?.Dispose();
                field = value?.DetachFromDisposeScope();
                if (value is null)
                    _buffers.Remove(name);
                else
                    _buffers[name] = (value, true);
            }

            private protected void ClearChildren() => _children.Clear();

            private protected void ClearParameters() => _parameters.Clear();

            private void Register(string name, object? value)
            {
                if (_children.ContainsKey(name) || _parameters.ContainsKey(name) || _buffers.ContainsKey(name))
                    return;
                switch (value)
                {
                    case Module module:
                        register_module(name, module);
                        break;
                    case Parameter parameter:
                        register_parameter(name, parameter);
                        break;
                    case Tensor tensor:
                        register_buffer(name, tensor);
                        break;
                }
            }

            private void RequireNewName(string name)
            {
                if (string.IsNullOrEmpty(name) || name.Contains('.'))
                    throw new ArgumentException($"'{name}' cannot be the name of a part of {_name}: it must not be empty nor contain a dot");
                if (_children.ContainsKey(name) || _parameters.ContainsKey(name) || _buffers.ContainsKey(name))
                    throw new InvalidOperationException($"{_name} already has a part named '{name}'");
            }
        }
    }
}
