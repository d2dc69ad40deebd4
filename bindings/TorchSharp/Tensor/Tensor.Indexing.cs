namespace TorchSharp;

public static partial class torch
{
    /// <summary>One part of an index: a number, a slice, a tensor, or Python's <c>...</c>, <c>None</c> and truth values.</summary>
    public readonly struct TensorIndex
    {
        private TensorIndex(IndexKind kind, long? start = null, long? stop = null, long? step = null, Tensor? tensor = null)
        {
            Kind = kind;
            Start = start;
            Stop = stop;
            Step = step;
            Tensor = tensor;
        }

        internal enum IndexKind
        {
            Null,
            Ellipsis,
            Bool,
            Single,
            Slice,
            Tensor,
        }

        /// <summary>A new dimension of length one.</summary>
        public static TensorIndex None => new(IndexKind.Null);

        /// <inheritdoc cref="None"/>
        public static TensorIndex Null => new(IndexKind.Null);

        /// <summary>As many whole dimensions as are left.</summary>
        public static TensorIndex Ellipsis => new(IndexKind.Ellipsis);

        /// <summary>The whole of a dimension.</summary>
        public static TensorIndex Colon => new(IndexKind.Slice);

        internal IndexKind Kind { get; }

        internal long? Start { get; }

        internal long? Stop { get; }

        internal long? Step { get; }

        internal Tensor? Tensor { get; }

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new(IndexKind.Slice, start, stop, step);

        public static TensorIndex Bool(bool value) => new(IndexKind.Bool, value ? 1 : 0);

        public static TensorIndex Single(long? index) => new(IndexKind.Single, index);

        public static TensorIndex TensorIdx(Tensor value) => new(IndexKind.Tensor, tensor: value);

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Tensor value) => TensorIdx(value);

        public static implicit operator TensorIndex((int? Start, int? End) range) => Slice(range.Start, range.End);

        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End.IsFromEnd ? range.End.Value == 0 ? null : -range.End.Value : range.End.Value);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);
    }

    private static partial class Aten
    {
        internal static readonly Op index_Tensor = new("aten::index", "Tensor");
        internal static readonly Op index_put_ = new("aten::index_put_");
    }

    public partial class Tensor
    {
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params long[] indices]
        {
            get => index(Array.ConvertAll(indices, i => (TensorIndex)i));
            set => index_put_(value, Array.ConvertAll(indices, i => (TensorIndex)i));
        }

        public Tensor index(params TensorIndex[] indices)
        {
            using var scope = new Temporaries();
            var view = View(indices, scope, out var tensors);
            return scope.Keep(tensors is null ? view : Aten.index_Tensor.Call(view, tensors.ToArray()));
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.TensorIdx));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate)
        {
            using var scope = new Temporaries();
            var view = View(indices, scope, out var tensors);
            var fitted = value.device.Equals(device) || value.dim() > 0 ? value : scope.Add(value.to(device));
            if (tensors is not null)
            {
                if (fitted.dtype != dtype)
                    fitted = scope.Add(fitted.to_type(dtype));
                Aten.index_put_.Run(view, tensors.ToArray(), fitted, accumulate);
                return this;
            }

            // As in Python, leading dimensions of length one are of no account.
            while (fitted.dim() > view.dim() && fitted.shape[0] == 1)
                fitted = scope.Add(fitted.squeeze(0));
            if (accumulate)
                view.add_(fitted);
            else
                view.copy_(fitted);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.TensorIdx), false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.TensorIdx), accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var tensor = full(Array.Empty<long>(), value, dtype, device);
            return index_put_(tensor, indices, false);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.TensorIdx));

        // The view that numbers, slices and None make; the tensors among the indices, one for each dimension of the view or null.
        private Tensor View(TensorIndex[] indices, Temporaries scope, out List<Tensor>? tensors)
        {
            tensors = null;
            var view = scope.Add(alias());
            var dimension = 0;
            foreach (var index in indices)
            {
                switch (index.Kind)
                {
                    case TensorIndex.IndexKind.Null:
                        view = scope.Add(view.unsqueeze(dimension++));
                        break;
                    case TensorIndex.IndexKind.Ellipsis:
                        dimension = (int)view.dim() - indices.SkipWhile(i => i.Kind != TensorIndex.IndexKind.Ellipsis).Sum(Taken);
                        break;
                    case TensorIndex.IndexKind.Single:
                        view = scope.Add(view.select(dimension, index.Start!.Value));
                        break;
                    case TensorIndex.IndexKind.Slice:
                        view = scope.Add(view.slice(dimension, index.Start, index.Stop, index.Step ?? 1));
                        dimension++;
                        break;
                    case TensorIndex.IndexKind.Bool:
                        view = scope.Add(view.unsqueeze(dimension));
                        Record(ref tensors, dimension++, scope.Add(zeros([index.Start == 1 ? 1 : 0], ScalarType.Int64, device)));
                        break;
                    default:
                        var tensor = index.Tensor ?? throw new ArgumentNullException(nameof(indices));
                        if (tensor.dtype is ScalarType.Bool or ScalarType.Byte)
                        {
                            foreach (var column in MaskColumns(tensor, view, dimension, scope))
                                Record(ref tensors, dimension++, column);
                        }
                        else if (tensor.dim() == 0)
                        {
                            view = scope.Add(view.select(dimension, tensor.ToInt64()));
                        }
                        else
                        {
                            Record(ref tensors, dimension++, tensor);
                        }

                        break;
                }
            }

            return view;
        }

        // How many dimensions of the tensor an index speaks for.
        private static int Taken(TensorIndex index) => index.Kind switch
        {
            TensorIndex.IndexKind.Single or TensorIndex.IndexKind.Slice => 1,
            TensorIndex.IndexKind.Tensor when index.Tensor!.dtype is ScalarType.Bool or ScalarType.Byte => (int)index.Tensor.dim(),
            TensorIndex.IndexKind.Tensor => 1,
            _ => 0,
        };

        // A mask is the numbers of its true elements, one tensor for each of its dimensions.
        private static Tensor[] MaskColumns(Tensor mask, Tensor view, int dimension, Temporaries scope)
        {
            var rank = (int)mask.dim();
            if (rank == 0 || dimension + rank > view.dim() || !mask.shape.AsSpan().SequenceEqual(view.shape.AsSpan(dimension, rank)))
            {
                throw new System.Runtime.InteropServices.ExternalException(
                    $"The shape of the mask [{string.Join(", ", mask.shape)}] does not match the shape of the indexed tensor "
                    + $"[{string.Join(", ", view.shape)}] at dimension {dimension}");
            }

            var columns = scope.Add(mask.nonzero()).unbind(1);
            foreach (var column in columns)
                scope.Add(column);
            return columns;
        }

        private static void Record(ref List<Tensor>? tensors, int dimension, Tensor tensor)
        {
            tensors ??= [];
            while (tensors.Count <= dimension)
                tensors.Add(null!);
            tensors[dimension] = tensor;
        }

        // Tensors that live no longer than one call, except the one that is kept.
        private sealed class Temporaries : IDisposable
        {
            private readonly List<Tensor> _tensors = [];

            public Tensor Add(Tensor tensor)
            {
                _tensors.Add(tensor);
                return tensor;
            }

            public Tensor Keep(Tensor tensor)
            {
                _tensors.Remove(tensor);
                return tensor;
            }

            public void Dispose()
            {
                foreach (var tensor in _tensors)
                    tensor.Dispose();
            }
        }
    }
}
