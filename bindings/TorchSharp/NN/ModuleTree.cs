using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // What is in the tree: each walk yields an object once, under the first name that leads to it.
        public partial class Module
        {
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var found = new List<(string, Parameter)>();
                var seen = new HashSet<IntPtr>();
                foreach (var (prefix, module) in Walk(recurse))
                {
                    foreach (var (name, parameter) in module._parameters)
                    {
                        if (seen.Add(parameter.Handle))
                            found.Add((prefix + name, parameter));
                    }
                }

                return found;
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(entry => entry.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var found = new List<(string, Tensor)>();
                var seen = new HashSet<IntPtr>();
                foreach (var (prefix, module) in Walk(recurse))
                {
                    foreach (var (name, (buffer, persistent)) in module._buffers)
                    {
                        if ((persistent || include_nonpersistent) && seen.Add(buffer.Handle))
                            found.Add((prefix + name, buffer));
                    }
                }

                return found;
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() =>
                _children.Select(entry => (entry.Key, entry.Value));

            public virtual IEnumerable<Module> children() => _children.Values;

            /// <summary>All modules below this one with their dotted names; as in TorchSharp, without this one itself.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules() =>
                Walk(true).Skip(1).Select(entry => (entry.Prefix[..^1], entry.Module));

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>The parameter of a dotted name, or null.</summary>
            public virtual Parameter? get_parameter(string target) =>
                Owner(target, out var name) is { } owner && owner._parameters.TryGetValue(name, out var parameter) ? parameter : null;

            /// <summary>The buffer of a dotted name, or null.</summary>
            public virtual Tensor? get_buffer(string target) =>
                Owner(target, out var name) is { } owner && owner._buffers.TryGetValue(name, out var entry) ? entry.Tensor : null;

            private Module? Owner(string target, out string name)
            {
                var path = target.Split('.');
                name = path[^1];
                var module = this;
                foreach (var step in path[..^1])
                {
                    if (!module._children.TryGetValue(step, out module))
                        return null;
                }

                return module;
            }

            /// <summary>This module, then those below it in depth-first order; prefixes end with a dot, this module's is empty.</summary>
            private List<(string Prefix, Module Module)> Walk(bool recurse)
            {
                var found = new List<(string, Module)>();
                var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
                Visit("", this);
                return found;

                void Visit(string prefix, Module module)
                {
                    if (!seen.Add(module))
                        return;
                    found.Add((prefix, module));
                    if (!recurse)
                        return;
                    foreach (var (name, child) in module._children)
                        Visit($"{prefix}{name}.", child);
                }
            }
        }
    }
}
