namespace TorchSharp;

// Sums, means, extremes, orders and counts.
public static partial class torch
{
    public static Tensor sum(Tensor input, ScalarType? type = null) => input.sum(type);

    public static Tensor sum(Tensor input, long[] dim, bool keepdim = false, ScalarType? type = null) => input.sum(dim, keepdim, type);

    public static Tensor sum(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) => input.sum(dim, keepdim, type);

    public static Tensor mean(Tensor input) => input.mean();

    public static Tensor mean(Tensor input, long[] dimensions, bool keepdim = false, ScalarType? type = null) => input.mean(dimensions, keepdim, type);

    public static Tensor std(Tensor input, bool unbiased = true) => input.std(unbiased);

    public static Tensor std(Tensor input, long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
        input.std(dimensions, unbiased, keepdim, type);

    public static Tensor std(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
        input.std(dimensions, unbiased, keepdim, type);

    public static (Tensor std, Tensor mean) std_mean(Tensor input, long[] dimensions, bool unbiased = true, bool keepdim = false) =>
        input.std_mean(dimensions, unbiased, keepdim);

    public static Tensor var(Tensor input, bool unbiased = true) => input.var(unbiased);

    public static Tensor var(Tensor input, long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
        input.var(dimensions, unbiased, keepdim, type);

    public static Tensor var(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
        input.var(dimensions, unbiased, keepdim, type);

    public static (Tensor @var, Tensor mean) var_mean(Tensor input, long[] dimensions, bool unbiased = true, bool keepdim = false) =>
        input.var_mean(dimensions, unbiased, keepdim);

    public static Tensor amax(Tensor input, long[] dims, bool keepdim = false) => input.amax(dims, keepdim);

    public static Tensor amin(Tensor input, long[] dims, bool keepdim = false) => input.amin(dims, keepdim);

    public static Tensor argmax(Tensor input) => input.argmax();

    public static Tensor argmax(Tensor input, long dim, bool keepdim = false) => input.argmax(dim, keepdim);

    public static Tensor argmin(Tensor input) => input.argmin();

    public static Tensor argmin(Tensor input, long dim, bool keepdim = false) => input.argmin(dim, keepdim);

    public static Tensor any(Tensor input) => input.any();

    public static Tensor any(Tensor input, long dim, bool keepdim = false) => input.any(dim, keepdim);

    public static Tensor all(Tensor input) => input.all();

    public static Tensor all(Tensor input, long dim, bool keepdim = false) => input.all(dim, keepdim);

    public static Tensor max(Tensor input) => input.max();

    public static Tensor max(Tensor input, Tensor other) => input.max(other);

    public static (Tensor values, Tensor indexes) max(Tensor input, long dim, bool keepdim = false) => input.max(dim, keepdim);

    public static Tensor min(Tensor input) => input.min();

    public static Tensor min(Tensor input, Tensor other) => input.min(other);

    public static (Tensor values, Tensor indexes) min(Tensor input, long dim, bool keepdim = false) => input.min(dim, keepdim);

    public static Tensor prod(Tensor input, ScalarType? type = null) => input.prod(type);

    public static Tensor prod(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) => input.prod(dim, keepdim, type);

    public static Tensor norm(Tensor input, float p = 2) => input.norm(p);

    public static Tensor norm(Tensor input, int dimension, bool keepdim = false, float p = 2) => input.norm(dimension, keepdim, p);

    public static Tensor logsumexp(Tensor input, long dim, bool keepdim = false) => input.logsumexp(dim, keepdim);

    public static Tensor cumsum(Tensor input, long dim, ScalarType? type = null) => input.cumsum(dim, type);

    public static Tensor cumprod(Tensor input, long dim, ScalarType? type = null) => input.cumprod(dim, type);

    public static (Tensor values, Tensor indexes) topk(Tensor input, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        input.topk(k, dim, largest, sorted);

    public static (Tensor Values, Tensor Indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.sort(dim, descending, stable);

    public static Tensor argsort(Tensor input, long dim = -1, bool descending = false) => input.argsort(dim, descending);

    public static Tensor median(Tensor input) => input.median();

    public static Tensor quantile(Tensor input, Tensor q, long dim = -1, bool keepdim = false) => input.quantile(q, dim, keepdim);

    public static Tensor count_nonzero(Tensor input, long[]? dims = null) => input.count_nonzero(dims);

    public static Tensor histc(Tensor input, long bins = 100, long min = 0, long max = 0) => input.histc(bins, min, max);

    public static Tensor bincount(Tensor input, Tensor? weights = null, long minlength = 0) => input.bincount(weights, minlength);

    public static Tensor bucketize(Tensor input, Tensor boundaries, bool outInt32 = false, bool right = false) =>
        input.bucketize(boundaries, outInt32, right);

    private static partial class Aten
    {
        internal static readonly Op sum = new("aten::sum");
        internal static readonly Op sum_dim_IntList = new("aten::sum", "dim_IntList");
        internal static readonly Op mean = new("aten::mean");
        internal static readonly Op mean_dim = new("aten::mean", "dim");
        internal static readonly Op std = new("aten::std");
        internal static readonly Op std_dim = new("aten::std", "dim");
        internal static readonly Op std_mean_dim = new("aten::std_mean", "dim");
        internal static readonly Op std_mean = new("aten::std_mean");
        internal static readonly Op var = new("aten::var");
        internal static readonly Op var_dim = new("aten::var", "dim");
        internal static readonly Op var_mean_dim = new("aten::var_mean", "dim");
        internal static readonly Op var_mean = new("aten::var_mean");
        internal static readonly Op amax = new("aten::amax");
        internal static readonly Op amin = new("aten::amin");
        internal static readonly Op argmax = new("aten::argmax");
        internal static readonly Op argmin = new("aten::argmin");
        internal static readonly Op any = new("aten::any");
        internal static readonly Op any_dim = new("aten::any", "dim");
        internal static readonly Op all = new("aten::all");
        internal static readonly Op all_dim = new("aten::all", "dim");
        internal static readonly Op max = new("aten::max");
        internal static readonly Op max_dim = new("aten::max", "dim");
        internal static readonly Op max_other = new("aten::max", "other");
        internal static readonly Op min = new("aten::min");
        internal static readonly Op min_dim = new("aten::min", "dim");
        internal static readonly Op min_other = new("aten::min", "other");
        internal static readonly Op aminmax = new("aten::aminmax");
        internal static readonly Op prod = new("aten::prod");
        internal static readonly Op prod_dim_int = new("aten::prod", "dim_int");
        internal static readonly Op norm_ScalarOpt_dim = new("aten::norm", "ScalarOpt_dim");
        internal static readonly Op logsumexp = new("aten::logsumexp");
        internal static readonly Op cumsum = new("aten::cumsum");
        internal static readonly Op cumprod = new("aten::cumprod");
        internal static readonly Op logcumsumexp = new("aten::logcumsumexp");
        internal static readonly Op cummax = new("aten::cummax");
        internal static readonly Op cummin = new("aten::cummin");
        internal static readonly Op topk = new("aten::topk");
        internal static readonly Op sort_stable = new("aten::sort", "stable");
        internal static readonly Op argsort = new("aten::argsort");
        internal static readonly Op kthvalue = new("aten::kthvalue");
        internal static readonly Op median = new("aten::median");
        internal static readonly Op quantile = new("aten::quantile");
        internal static readonly Op count_nonzero = new("aten::count_nonzero");
        internal static readonly Op count_nonzero_dim_IntList = new("aten::count_nonzero", "dim_IntList");
        internal static readonly Op nansum = new("aten::nansum");
        internal static readonly Op nanmean = new("aten::nanmean");
        internal static readonly Op histc = new("aten::histc");
        internal static readonly Op bincount = new("aten::bincount");
        internal static readonly Op bucketize_Tensor = new("aten::bucketize", "Tensor");
        internal static readonly Op _unique2 = new("aten::_unique2");
        internal static readonly Op unique_dim = new("aten::unique_dim");
    }

    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Aten.sum.Call(this, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Aten.sum_dim_IntList.Call(this, dim, keepdim, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Aten.sum_dim_IntList.Call(this, dim, keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1, dim2], keepdim, type);

        public Tensor mean() => Aten.mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Aten.mean_dim.Call(this, dimensions, keepdim, type);

        public Tensor std(bool unbiased = true) => Aten.std.Call(this, unbiased);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(Aten.std_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => Pair(Aten.std_mean.CallMany(this, unbiased));

        public (Tensor std, Tensor mean) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false) =>
            Pair(Aten.std_mean_dim.CallMany(this, dimensions, unbiased, keepdim));

        public Tensor var(bool unbiased = true) => Aten.var.Call(this, unbiased);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(Aten.var_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);

        public (Tensor @var, Tensor mean) var_mean(bool unbiased = true) => Pair(Aten.var_mean.CallMany(this, unbiased));

        public (Tensor @var, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false) =>
            Pair(Aten.var_mean_dim.CallMany(this, dimensions, unbiased, keepdim));

        public Tensor amax(params long[] dims) => Aten.amax.Call(this, dims);

        public Tensor amax(long[] dims, bool keepdim) => Aten.amax.Call(this, dims, keepdim);

        public Tensor amin(params long[] dims) => Aten.amin.Call(this, dims);

        public Tensor amin(long[] dims, bool keepdim) => Aten.amin.Call(this, dims, keepdim);

        public Tensor argmax() => Aten.argmax.Call(this);

        public Tensor argmax(long dim, bool keepdim = false) => Aten.argmax.Call(this, dim, keepdim);

        public Tensor argmin() => Aten.argmin.Call(this);

        public Tensor argmin(long dim, bool keepdim = false) => Aten.argmin.Call(this, dim, keepdim);

        public Tensor any() => Aten.any.Call(this);

        public Tensor any(long dim, bool keepdim = false) => Aten.any_dim.Call(this, dim, keepdim);

        public Tensor all() => Aten.all.Call(this);

        public Tensor all(long dim, bool keepdim = false) => Aten.all_dim.Call(this, dim, keepdim);

        public Tensor max() => Aten.max.Call(this);

        public Tensor max(Tensor other) => Aten.max_other.Call(this, other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Pair(Aten.max_dim.CallMany(this, dim, keepdim));

        public Tensor min() => Aten.min.Call(this);

        public Tensor min(Tensor other) => Aten.min_other.Call(this, other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Pair(Aten.min_dim.CallMany(this, dim, keepdim));

        public (Tensor min, Tensor max) aminmax(long? dim = null, bool keepdim = false) => Pair(Aten.aminmax.CallMany(this, dim, keepdim));

        public Tensor prod(ScalarType? type = null) => Aten.prod.Call(this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Aten.prod_dim_int.Call(this, dim, keepdim, type);

        public Tensor norm(float p = 2) => Aten.norm_ScalarOpt_dim.Call(this, p, Array.Empty<long>());

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Aten.norm_ScalarOpt_dim.Call(this, p, (long)dim, keepdim);

        public Tensor logsumexp(long dim, bool keepdim = false) => Aten.logsumexp.Call(this, dim, keepdim);

        public Tensor logsumexp(long[] dim, bool keepdim = false) => Aten.logsumexp.Call(this, dim, keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => Aten.cumsum.Call(this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => Aten.cumprod.Call(this, dim, type);

        public Tensor logcumsumexp(long dim) => Aten.logcumsumexp.Call(this, dim);

        public (Tensor values, Tensor indexes) cummax(long dim) => Pair(Aten.cummax.CallMany(this, dim));

        public (Tensor values, Tensor indexes) cummin(long dim) => Pair(Aten.cummin.CallMany(this, dim));

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Pair(Aten.topk.CallMany(this, k, dim, largest, sorted));

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Pair(Aten.sort_stable.CallMany(this, stable, dim, descending));

        public Tensor argsort(long dim = -1, bool descending = false) => Aten.argsort.Call(this, dim, descending);

        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) =>
            Pair(Aten.kthvalue.CallMany(this, k, dim ?? -1, keepdim));

        public Tensor median() => Aten.median.Call(this);

        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.quantile.Call(this, q, dim, keepdim);

        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Aten.count_nonzero.Call(this) : Aten.count_nonzero_dim_IntList.Call(this, dims);

        public Tensor nansum() => Aten.nansum.Call(this);

        public Tensor nanmean(int? dim = null, bool keepdim = false, ScalarType? dtype = null) =>
            Aten.nanmean.Call(this, dim is { } one ? new long[] { one } : Array.Empty<long>(), keepdim, dtype);

        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Aten.histc.Call(this, bins, min, max);

        public Tensor bincount(Tensor? weights = null, long minlength = 0) => Aten.bincount.Call(this, weights, minlength);

        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) =>
            Aten.bucketize_Tensor.Call(this, boundaries, outInt32, right);

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(
            bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
        {
            var found = dim is null
                ? Aten._unique2.CallMany(this, sorted, return_inverse, return_counts)
                : Aten.unique_dim.CallMany(this, dim, sorted, return_inverse, return_counts);
            return (found[0], return_inverse ? found[1] : null, return_counts ? found[2] : null);
        }

        private static (Tensor First, Tensor Second) Pair(Tensor[] results) => (results[0], results[1]);

        private static Tensor Typed(Tensor result, ScalarType? type)
        {
            if (type is not { } wanted || wanted == result.dtype)
                return result;
            using (result)
                return result.to_type(wanted);
        }
    }
}
