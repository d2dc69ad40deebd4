namespace TorchSharp;

// Reading and writing by indices and by masks.
public static partial class torch
{
    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);

    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);

    public static Tensor take(Tensor input, Tensor index) => input.take(index);

    public static Tensor scatter(Tensor input, long dim, Tensor index, Tensor src) => input.scatter(dim, index, src);

    public static Tensor scatter_add(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_add(dim, index, src);

    public static Tensor masked_fill(Tensor input, Tensor mask, Scalar value) => input.masked_fill(mask, value);

    public static Tensor index_add(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) => input.index_add(dim, index, source, alpha);

    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);

    public static Tensor nonzero(Tensor input) => input.nonzero();

    public static Tensor argwhere(Tensor input) => input.argwhere();

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    public static Tensor[] where(Tensor condition) => Aten.where.CallMany((Arg)condition);

    private static partial class Aten
    {
        internal static readonly Op index_select = new("aten::index_select");
        internal static readonly Op gather = new("aten::gather");
        internal static readonly Op take = new("aten::take");
        internal static readonly Op take_along_dim = new("aten::take_along_dim");
        internal static readonly Op scatter_src = new("aten::scatter", "src");
        internal static readonly Op scatter_value = new("aten::scatter", "value");
        internal static readonly Op scatter_add = new("aten::scatter_add");
        internal static readonly Op masked_fill_Scalar = new("aten::masked_fill", "Scalar");
        internal static readonly Op masked_fill_Tensor = new("aten::masked_fill", "Tensor");
        internal static readonly Op masked_scatter = new("aten::masked_scatter");
        internal static readonly Op index_add = new("aten::index_add");
        internal static readonly Op index_copy = new("aten::index_copy");
        internal static readonly Op index_fill_int_Scalar = new("aten::index_fill", "int_Scalar");
        internal static readonly Op scatter__src = new("aten::scatter_", "src");
        internal static readonly Op scatter__value = new("aten::scatter_", "value");
        internal static readonly Op scatter_add_ = new("aten::scatter_add_");
        internal static readonly Op masked_fill__Scalar = new("aten::masked_fill_", "Scalar");
        internal static readonly Op masked_fill__Tensor = new("aten::masked_fill_", "Tensor");
        internal static readonly Op masked_scatter_ = new("aten::masked_scatter_");
        internal static readonly Op index_add_ = new("aten::index_add_");
        internal static readonly Op index_copy_ = new("aten::index_copy_");
        internal static readonly Op index_fill__int_Scalar = new("aten::index_fill_", "int_Scalar");
        internal static readonly Op masked_select = new("aten::masked_select");
        internal static readonly Op nonzero = new("aten::nonzero");
        internal static readonly Op argwhere = new("aten::argwhere");
        internal static readonly Op where_self = new("aten::where", "self");
        internal static readonly Op where = new("aten::where");
        internal static readonly Op fill__Scalar = new("aten::fill_", "Scalar");
        internal static readonly Op zero_ = new("aten::zero_");
    }

    public partial class Tensor
    {
        public Tensor index_select(long dim, Tensor index) => Aten.index_select.Call(this, dim, index);

        public Tensor gather(long dim, Tensor index) => Aten.gather.Call(this, dim, index);

        public Tensor take(Tensor index) => Aten.take.Call(this, index);

        public Tensor take_along_dim(Tensor indices, long dim) => Aten.take_along_dim.Call(this, indices, dim);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.scatter_src.Call(this, dim, index, src);

        public Tensor scatter(long dim, Tensor index, Scalar value) => Aten.scatter_value.Call(this, dim, index, value);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.scatter_add.Call(this, dim, index, src);

        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.masked_fill_Scalar.Call(this, mask, value);

        public Tensor masked_fill(Tensor mask, Tensor value) => Aten.masked_fill_Tensor.Call(this, mask, value);

        public Tensor masked_scatter(Tensor mask, Tensor value) => Aten.masked_scatter.Call(this, mask, value);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Aten.index_add.Call(this, dim, index, source, alpha);

        public Tensor index_copy(long dim, Tensor index, Tensor source) => Aten.index_copy.Call(this, dim, index, source);

        public Tensor index_fill(long dim, Tensor index, Scalar value) => Aten.index_fill_int_Scalar.Call(this, dim, index, value);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => In(Aten.scatter__src, this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Scalar value) => In(Aten.scatter__value, this, dim, index, value);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => In(Aten.scatter_add_, this, dim, index, src);

        public Tensor masked_fill_(Tensor mask, Scalar value) => In(Aten.masked_fill__Scalar, this, mask, value);

        public Tensor masked_fill_(Tensor mask, Tensor value) => In(Aten.masked_fill__Tensor, this, mask, value);

        public Tensor masked_scatter_(Tensor mask, Tensor value) => In(Aten.masked_scatter_, this, mask, value);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => In(Aten.index_add_, this, dim, index, source, alpha);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => In(Aten.index_copy_, this, dim, index, source);

        public Tensor index_fill_(long dim, Tensor index, Scalar value) => In(Aten.index_fill__int_Scalar, this, dim, index, value);

        public Tensor masked_select(Tensor mask) => Aten.masked_select.Call(this, mask);

        public Tensor nonzero() => Aten.nonzero.Call(this);

        public Tensor argwhere() => Aten.argwhere.Call(this);

        /// <summary>This tensor where the condition holds, else the other.</summary>
        public Tensor where(Tensor condition, Tensor y) => Aten.where_self.Call(condition, this, y);

        public Tensor fill_(Scalar value) => In(Aten.fill__Scalar, this, value);

        public Tensor zero_() => In(Aten.zero_, this);
    }
}
