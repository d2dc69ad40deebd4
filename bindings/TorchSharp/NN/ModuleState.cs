namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>
            /// Parameters and persistent buffers by dotted name, in PyTorch's order: a module's parameters, its buffers, its children.
            /// The tensors are the module's own, not copies.
            /// </summary>
            /// <param name="destination">Where to put them; a new dictionary when null.</param>
            /// <param name="prefix">What comes, with a dot, before each name.</param>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (name, parameter) in _parameters)
                    destination.TryAdd(Dotted(prefix, name), parameter);
                foreach (var (name, (buffer, persistent)) in _buffers)
                {
                    if (persistent)
                        destination.TryAdd(Dotted(prefix, name), buffer);
                }

                foreach (var (name, child) in _children)
                    child.state_dict(destination, Dotted(prefix, name));
                return destination;
            }

            /// <summary>Copies values into parameters and buffers of the same names. Nothing is copied when the names or shapes do not fit.</summary>
            /// <param name="source">Values by dotted name.</param>
            /// <param name="strict">Whether every name must be on both sides.</param>
            /// <param name="skip">Names to leave alone on both sides.</param>
            /// <exception cref="InvalidOperationException">Names (when strict) or shapes differ; the message lists them.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var own = state_dict();
                var skipped = new HashSet<string>(skip ?? []);
                List<string> missing = [.. own.Keys.Where(key => !skipped.Contains(key) && !source.ContainsKey(key))];
                List<string> unexpected = [.. source.Keys.Where(key => !skipped.Contains(key) && !own.ContainsKey(key))];
                List<string> common = [.. own.Keys.Where(key => !skipped.Contains(key) && source.ContainsKey(key))];

                var faults = new List<string>();
                if (strict && missing.Count > 0)
                    faults.Add($"missing {Listed(missing)}");
                if (strict && unexpected.Count > 0)
                    faults.Add($"unexpected {Listed(unexpected)}");
                List<string> misshapen = [.. common.Where(key => !own[key].shape.SequenceEqual(source[key].shape))];
                faults.AddRange(misshapen.Select(key =>
                    $"{key} has shape [{string.Join(", ", source[key].shape)}] where [{string.Join(", ", own[key].shape)}] is wanted"));
                if (faults.Count > 0)
                    throw new InvalidOperationException($"the state dictionary does not fit {GetName()}: {string.Join("; ", faults)}");

                using (no_grad())
                {
                    foreach (var key in common)
                        own[key].copy_(source[key]);
                }

                return (missing, unexpected);
            }

            private static string Dotted(string? prefix, string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";

            private static string Listed(List<string> keys) =>
                string.Join(", ", keys.Take(8)) + (keys.Count > 8 ? $" and {keys.Count - 8} more" : "");
        }
    }
}
