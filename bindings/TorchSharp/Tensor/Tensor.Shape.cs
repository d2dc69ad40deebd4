namespace TorchSharp;

// Shapes: views, copies in another shape, parts and joints.
public static partial class torch
{
    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);

    public static Tensor permute(Tensor input, params long[] permutation) => input.permute(permutation);

    public static Tensor transpose(Tensor input, long dim0, long dim1) => input.transpose(dim0, dim1);

    public static Tensor t(Tensor input) => input.t();

    public static Tensor flatten(Tensor input, long start_dim = 0, long end_dim = -1) => input.flatten(start_dim, end_dim);

    public static Tensor unsqueeze(Tensor input, long dim) => input.unsqueeze(dim);

    public static Tensor squeeze(Tensor input, long? dim = null) => input.squeeze(dim);

    public static Tensor broadcast_to(Tensor input, params long[] shape) => input.broadcast_to(shape);

    public static Tensor tile(Tensor input, params long[] reps) => input.tile(reps);

    public static Tensor repeat_interleave(Tensor input, long repeats, long? dim = null, long? output_size = null) =>
        input.repeat_interleave(repeats, dim, output_size);

    public static Tensor movedim(Tensor input, long[] source, long[] destination) => input.movedim(source, destination);

    public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);

    public static Tensor fliplr(Tensor input) => input.fliplr();

    public static Tensor flipud(Tensor input) => input.flipud();

    public static Tensor roll(Tensor input, long shifts, long? dims = null) => input.roll(shifts, dims);

    public static Tensor roll(Tensor input, long[] shifts, long[] dims) => input.roll(shifts, dims);

    public static Tensor rot90(Tensor input, long k, long[] dims) => input.rot90(k, dims);

    public static Tensor ravel(Tensor input) => input.ravel();

    public static Tensor narrow(Tensor input, long dim, long start, long length) => input.narrow(dim, start, length);

    public static Tensor select(Tensor input, long dim, long index) => input.select(dim, index);

    public static Tensor[] unbind(Tensor input, long dim = 0) => input.unbind(dim);

    public static Tensor[] chunk(Tensor input, long chunks, long dim = 0) => input.chunk(chunks, dim);

    public static Tensor[] split(Tensor tensor, long split_size_or_sections, long dim = 0) => tensor.split(split_size_or_sections, dim);

    public static Tensor[] split(Tensor tensor, long[] split_size_or_sections, long dim = 0) => tensor.split(split_size_or_sections, dim);

    public static Tensor[] tensor_split(Tensor input, long indices_or_sections, long dim = 0) => input.tensor_split(indices_or_sections, dim);

    public static Tensor[] tensor_split(Tensor input, long[] indices_or_sections, long dim = 0) => input.tensor_split(indices_or_sections, dim);

    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);

    public static Tensor triu(Tensor input, long diagonal = 0) => input.triu(diagonal);

    public static Tensor diag(Tensor input, long diagonal = 0) => input.diag(diagonal);

    public static Tensor diagonal(Tensor input, long offset = 0, long dim1 = 0, long dim2 = 1) => input.diagonal(offset, dim1, dim2);

    public static Tensor diag_embed(Tensor input, long offset = 0, long dim1 = -2, long dim2 = -1) => input.diag_embed(offset, dim1, dim2);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => Aten.cat.Call(tensors, dim);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Aten.cat.Call(ToArray(tensors), dim);

    public static Tensor concat(Tensor[] tensors, long dim = 0) => Aten.cat.Call(tensors, dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => Aten.cat.Call(ToArray(tensors), dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Aten.stack.Call(ToArray(tensors), dim);

    public static Tensor vstack(params Tensor[] tensors) => Aten.vstack.Call(tensors);

    public static Tensor vstack(IList<Tensor> tensors) => Aten.vstack.Call(ToArray(tensors));

    public static Tensor hstack(params Tensor[] tensors) => Aten.hstack.Call(tensors);

    public static Tensor hstack(IList<Tensor> tensors) => Aten.hstack.Call(ToArray(tensors));

    public static Tensor dstack(params Tensor[] tensors) => Aten.dstack.Call(tensors);

    public static Tensor dstack(IList<Tensor> tensors) => Aten.dstack.Call(ToArray(tensors));

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => Aten.meshgrid_indexing.CallMany(ToArray(tensors), indexing);

    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => Aten.broadcast_tensors.CallMany((Arg)tensors);

    private static Tensor[] ToArray(IEnumerable<Tensor> tensors) => tensors as Tensor[] ?? [.. tensors];

    private static partial class Aten
    {
        internal static readonly Op reshape = new("aten::reshape");
        internal static readonly Op view = new("aten::view");
        internal static readonly Op view_dtype = new("aten::view", "dtype");
        internal static readonly Op permute = new("aten::permute");
        internal static readonly Op transpose_int = new("aten::transpose", "int");
        internal static readonly Op transpose_ = new("aten::transpose_");
        internal static readonly Op t = new("aten::t");
        internal static readonly Op numpy_T = new("aten::numpy_T");
        internal static readonly Op flatten_using_ints = new("aten::flatten", "using_ints");
        internal static readonly Op unsqueeze = new("aten::unsqueeze");
        internal static readonly Op unsqueeze_ = new("aten::unsqueeze_");
        internal static readonly Op squeeze = new("aten::squeeze");
        internal static readonly Op squeeze_dim = new("aten::squeeze", "dim");
        internal static readonly Op squeeze_ = new("aten::squeeze_");
        internal static readonly Op squeeze__dim = new("aten::squeeze_", "dim");
        internal static readonly Op expand = new("aten::expand");
        internal static readonly Op broadcast_to = new("aten::broadcast_to");
        internal static readonly Op repeat = new("aten::repeat");
        internal static readonly Op tile = new("aten::tile");
        internal static readonly Op repeat_interleave_self_int = new("aten::repeat_interleave", "self_int");
        internal static readonly Op repeat_interleave_self_Tensor = new("aten::repeat_interleave", "self_Tensor");
        internal static readonly Op movedim_intlist = new("aten::movedim", "intlist");
        internal static readonly Op flip = new("aten::flip");
        internal static readonly Op fliplr = new("aten::fliplr");
        internal static readonly Op flipud = new("aten::flipud");
        internal static readonly Op roll = new("aten::roll");
        internal static readonly Op rot90 = new("aten::rot90");
        internal static readonly Op ravel = new("aten::ravel");
        internal static readonly Op narrow = new("aten::narrow");
        internal static readonly Op select_int = new("aten::select", "int");
        internal static readonly Op slice_Tensor = new("aten::slice", "Tensor");
        internal static readonly Op as_strided = new("aten::as_strided");
        internal static readonly Op unfold = new("aten::unfold");
        internal static readonly Op unbind_int = new("aten::unbind", "int");
        internal static readonly Op chunk = new("aten::chunk");
        internal static readonly Op split_Tensor = new("aten::split", "Tensor");
        internal static readonly Op split_with_sizes = new("aten::split_with_sizes");
        internal static readonly Op tensor_split_sections = new("aten::tensor_split", "sections");
        internal static readonly Op tensor_split_indices = new("aten::tensor_split", "indices");
        internal static readonly Op tril = new("aten::tril");
        internal static readonly Op tril_ = new("aten::tril_");
        internal static readonly Op triu = new("aten::triu");
        internal static readonly Op triu_ = new("aten::triu_");
        internal static readonly Op diag = new("aten::diag");
        internal static readonly Op diagonal = new("aten::diagonal");
        internal static readonly Op diag_embed = new("aten::diag_embed");
        internal static readonly Op cat = new("aten::cat");
        internal static readonly Op stack = new("aten::stack");
        internal static readonly Op vstack = new("aten::vstack");
        internal static readonly Op hstack = new("aten::hstack");
        internal static readonly Op dstack = new("aten::dstack");
        internal static readonly Op meshgrid_indexing = new("aten::meshgrid", "indexing");
        internal static readonly Op broadcast_tensors = new("aten::broadcast_tensors");
    }

    public partial class Tensor
    {
        public Tensor reshape(params long[] shape) => Aten.reshape.Call(this, shape);

        public Tensor view(params long[] shape) => Aten.view.Call(this, shape);

        public Tensor view(ScalarType dtype) => Aten.view_dtype.Call(this, dtype);

        public Tensor permute(params long[] permutation) => Aten.permute.Call(this, permutation);

        public Tensor transpose(long dim0, long dim1) => Aten.transpose_int.Call(this, dim0, dim1);

        public Tensor transpose_(long dim0, long dim1) => In(Aten.transpose_, this, dim0, dim1);

        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor swapdims(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor t() => Aten.t.Call(this);

        /// <summary>All dimensions in reverse order.</summary>
        public Tensor T => Aten.numpy_T.Call(this);

        /// <summary>The last two dimensions exchanged.</summary>
        public Tensor mT => transpose(-2, -1);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.flatten_using_ints.Call(this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes)
        {
            var at = dim < 0 ? dim + this.dim() : dim;
            var sizesNow = shape;
            return reshape([.. sizesNow[..(int)at], .. sizes, .. sizesNow[((int)at + 1)..]]);
        }

        public Tensor unsqueeze(long dim) => Aten.unsqueeze.Call(this, dim);

        public Tensor unsqueeze_(long dim) => In(Aten.unsqueeze_, this, dim);

        public Tensor squeeze(long? dim = null) => dim is null ? Aten.squeeze.Call(this) : Aten.squeeze_dim.Call(this, dim);

        public Tensor squeeze_(long? dim = null) => dim is null ? In(Aten.squeeze_, this) : In(Aten.squeeze__dim, this, dim);

        public Tensor expand(params long[] sizes) => Aten.expand.Call(this, sizes);

        public Tensor expand(long[] sizes, bool isImplicit) => Aten.expand.Call(this, sizes, isImplicit);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape_as(Tensor other) => reshape(other.shape);

        public Tensor broadcast_to(params long[] shape) => Aten.broadcast_to.Call(this, shape);

        public Tensor repeat(params long[] sizes) => Aten.repeat.Call(this, sizes);

        public Tensor tile(params long[] reps) => Aten.tile.Call(this, reps);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Aten.repeat_interleave_self_int.Call(this, repeats, dim, output_size);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Aten.repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);

        public Tensor movedim(long[] source, long[] destination) => Aten.movedim_intlist.Call(this, source, destination);

        public Tensor flip(params long[] dims) => Aten.flip.Call(this, dims);

        public Tensor fliplr() => Aten.fliplr.Call(this);

        public Tensor flipud() => Aten.flipud.Call(this);

        public Tensor roll(long shifts, long? dims = null) =>
            Aten.roll.Call(this, new[] { shifts }, dims is { } dim ? new[] { dim } : Array.Empty<long>());

        public Tensor roll(long[] shifts, long[] dims) => Aten.roll.Call(this, shifts, dims);

        public Tensor rot90(long k, long[] dims) => Aten.rot90.Call(this, k, dims);

        public Tensor rot90(long k = 1, (long, long)? dims = null) => rot90(k, dims is { } pair ? [pair.Item1, pair.Item2] : [0, 1]);

        public Tensor ravel() => Aten.ravel.Call(this);

        public Tensor narrow(long dim, long start, long length) => Aten.narrow.Call(this, dim, start, length);

        public Tensor select(long dim, long index) => Aten.select_int.Call(this, dim, index);

        public Tensor slice(long dim, long? start, long? finish, long step) => Aten.slice_Tensor.Call(this, dim, start, finish, step);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Aten.as_strided.Call(this, size, strides, storageOffset);

        public Tensor unfold(long dimension, long size, long step) => Aten.unfold.Call(this, dimension, size, step);

        public Tensor[] unbind(long dimension = 0) => Aten.unbind_int.CallMany(this, dimension);

        public Tensor[] chunk(long chunks, long dim = 0) => Aten.chunk.CallMany(this, chunks, dim);

        public Tensor[] split(long size, long dim = 0) => Aten.split_Tensor.CallMany(this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Aten.split_with_sizes.CallMany(this, sizes, dim);

        public Tensor[] tensor_split(long sections, long dim = 0) => Aten.tensor_split_sections.CallMany(this, sections, dim);

        public Tensor[] tensor_split(long[] indices, long dim = 0) => Aten.tensor_split_indices.CallMany(this, indices, dim);

        public Tensor tril(long diagonal = 0) => Aten.tril.Call(this, diagonal);

        public Tensor tril_(long diagonal = 0) => In(Aten.tril_, this, diagonal);

        public Tensor triu(long diagonal = 0) => Aten.triu.Call(this, diagonal);

        public Tensor triu_(long diagonal = 0) => In(Aten.triu_, this, diagonal);

        public Tensor diag(long diagonal = 0) => Aten.diag.Call(this, diagonal);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Aten.diagonal.Call(this, offset, dim1, dim2);

        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) => Aten.diag_embed.Call(this, offset, dim1, dim2);
    }
}
