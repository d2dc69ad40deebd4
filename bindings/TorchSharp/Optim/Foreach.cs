using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Arithmetic on whole lists of tensors: one call instead of one per parameter. "Of" results are new tensors, the others are in place.</summary>
internal static class Foreach
{
    private static readonly Op s_zero = new("aten::_foreach_zero_");
    private static readonly Op s_neg = new("aten::_foreach_neg");
    private static readonly Op s_sqrt = new("aten::_foreach_sqrt");
    private static readonly Op s_addScalar = new("aten::_foreach_add_", "Scalar");
    private static readonly Op s_addList = new("aten::_foreach_add_", "List");
    private static readonly Op s_sum = new("aten::_foreach_add", "List");
    private static readonly Op s_mul = new("aten::_foreach_mul_", "Scalar");
    private static readonly Op s_div = new("aten::_foreach_div_", "Scalar");
    private static readonly Op s_maximum = new("aten::_foreach_maximum_", "List");
    private static readonly Op s_addcmul = new("aten::_foreach_addcmul_", "Scalar");
    private static readonly Op s_addcmulOf = new("aten::_foreach_addcmul", "Scalar");
    private static readonly Op s_addcdiv = new("aten::_foreach_addcdiv_", "Scalar");

    internal static void Zero(Tensor[] self) => s_zero.Run(self);

    internal static Tensor[] NegativeOf(Tensor[] self) => s_neg.CallMany(self);

    internal static Tensor[] SqrtOf(Tensor[] self) => s_sqrt.CallMany(self);

    internal static void Add(Tensor[] self, double number) => s_addScalar.Run(self, number);

    /// <summary>self += alpha other</summary>
    internal static void Add(Tensor[] self, Tensor[] other, double alpha) => s_addList.Run(self, other, alpha);

    /// <summary>self + alpha other</summary>
    internal static Tensor[] SumOf(Tensor[] self, Tensor[] other, double alpha) => s_sum.CallMany(self, other, alpha);

    internal static void Multiply(Tensor[] self, double factor) => s_mul.Run(self, factor);

    internal static void Divide(Tensor[] self, double divisor) => s_div.Run(self, divisor);

    internal static void Maximum(Tensor[] self, Tensor[] other) => s_maximum.Run(self, other);

    /// <summary>self += value a b</summary>
    internal static void AddProduct(Tensor[] self, Tensor[] a, Tensor[] b, double value) => s_addcmul.Run(self, a, b, value);

    /// <summary>self + value a b</summary>
    internal static Tensor[] AddProductOf(Tensor[] self, Tensor[] a, Tensor[] b, double value) => s_addcmulOf.CallMany(self, a, b, value);

    /// <summary>self += value a / b</summary>
    internal static void AddQuotient(Tensor[] self, Tensor[] a, Tensor[] b, double value) => s_addcdiv.Run(self, a, b, value);
}
