namespace TorchSharp;

// Comparisons, truth values and bits.
public static partial class torch
{
    public static Tensor eq(Tensor left, Tensor right) => left.eq(right);

    public static Tensor eq(Tensor left, Scalar right) => left.eq(right);

    public static Tensor eq_(Tensor left, Tensor right) => left.eq_(right);

    public static Tensor eq_(Tensor left, Scalar right) => left.eq_(right);

    public static Tensor ne(Tensor left, Tensor right) => left.ne(right);

    public static Tensor ne(Tensor left, Scalar right) => left.ne(right);

    public static Tensor ne_(Tensor left, Tensor right) => left.ne_(right);

    public static Tensor ne_(Tensor left, Scalar right) => left.ne_(right);

    public static Tensor lt(Tensor left, Tensor right) => left.lt(right);

    public static Tensor lt(Tensor left, Scalar right) => left.lt(right);

    public static Tensor lt_(Tensor left, Tensor right) => left.lt_(right);

    public static Tensor lt_(Tensor left, Scalar right) => left.lt_(right);

    public static Tensor le(Tensor left, Tensor right) => left.le(right);

    public static Tensor le(Tensor left, Scalar right) => left.le(right);

    public static Tensor le_(Tensor left, Tensor right) => left.le_(right);

    public static Tensor le_(Tensor left, Scalar right) => left.le_(right);

    public static Tensor gt(Tensor left, Tensor right) => left.gt(right);

    public static Tensor gt(Tensor left, Scalar right) => left.gt(right);

    public static Tensor gt_(Tensor left, Tensor right) => left.gt_(right);

    public static Tensor gt_(Tensor left, Scalar right) => left.gt_(right);

    public static Tensor ge(Tensor left, Tensor right) => left.ge(right);

    public static Tensor ge(Tensor left, Scalar right) => left.ge(right);

    public static Tensor ge_(Tensor left, Tensor right) => left.ge_(right);

    public static Tensor ge_(Tensor left, Scalar right) => left.ge_(right);

    public static Tensor not_equal(Tensor left, Tensor right) => left.not_equal(right);

    public static Tensor not_equal(Tensor left, Scalar right) => left.not_equal(right);

    public static Tensor less(Tensor left, Tensor right) => left.less(right);

    public static Tensor less(Tensor left, Scalar right) => left.less(right);

    public static Tensor less_equal(Tensor left, Tensor right) => left.less_equal(right);

    public static Tensor less_equal(Tensor left, Scalar right) => left.less_equal(right);

    public static Tensor greater(Tensor left, Tensor right) => left.greater(right);

    public static Tensor greater(Tensor left, Scalar right) => left.greater(right);

    public static Tensor greater_equal(Tensor left, Tensor right) => left.greater_equal(right);

    public static Tensor greater_equal(Tensor left, Scalar right) => left.greater_equal(right);

    public static Tensor bitwise_and(Tensor left, Tensor right) => left.bitwise_and(right);

    public static Tensor bitwise_and(Tensor left, Scalar right) => left.bitwise_and(right);

    public static Tensor bitwise_and_(Tensor left, Tensor right) => left.bitwise_and_(right);

    public static Tensor bitwise_and_(Tensor left, Scalar right) => left.bitwise_and_(right);

    public static Tensor bitwise_or(Tensor left, Tensor right) => left.bitwise_or(right);

    public static Tensor bitwise_or(Tensor left, Scalar right) => left.bitwise_or(right);

    public static Tensor bitwise_or_(Tensor left, Tensor right) => left.bitwise_or_(right);

    public static Tensor bitwise_or_(Tensor left, Scalar right) => left.bitwise_or_(right);

    public static Tensor bitwise_xor(Tensor left, Tensor right) => left.bitwise_xor(right);

    public static Tensor bitwise_xor(Tensor left, Scalar right) => left.bitwise_xor(right);

    public static Tensor bitwise_xor_(Tensor left, Tensor right) => left.bitwise_xor_(right);

    public static Tensor bitwise_xor_(Tensor left, Scalar right) => left.bitwise_xor_(right);

    public static Tensor logical_and(Tensor left, Tensor right) => left.logical_and(right);

    public static Tensor logical_and_(Tensor left, Tensor right) => left.logical_and_(right);

    public static Tensor logical_or(Tensor left, Tensor right) => left.logical_or(right);

    public static Tensor logical_or_(Tensor left, Tensor right) => left.logical_or_(right);

    public static Tensor logical_xor(Tensor left, Tensor right) => left.logical_xor(right);

    public static Tensor logical_xor_(Tensor left, Tensor right) => left.logical_xor_(right);

    public static bool allclose(Tensor input, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
        input.allclose(target, rtol, atol, equal_nan);

    public static bool equal(Tensor input, Tensor target) => input.Equals(target);

    public static Tensor isclose(Tensor input, Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
        input.isclose(other, rtol, atol, nanEqual);

    private static partial class Aten
    {
        internal static readonly Op eq_Tensor = new("aten::eq", "Tensor");
        internal static readonly Op eq_Scalar = new("aten::eq", "Scalar");
        internal static readonly Op eq__Tensor = new("aten::eq_", "Tensor");
        internal static readonly Op eq__Scalar = new("aten::eq_", "Scalar");
        internal static readonly Op ne_Tensor = new("aten::ne", "Tensor");
        internal static readonly Op ne_Scalar = new("aten::ne", "Scalar");
        internal static readonly Op ne__Tensor = new("aten::ne_", "Tensor");
        internal static readonly Op ne__Scalar = new("aten::ne_", "Scalar");
        internal static readonly Op lt_Tensor = new("aten::lt", "Tensor");
        internal static readonly Op lt_Scalar = new("aten::lt", "Scalar");
        internal static readonly Op lt__Tensor = new("aten::lt_", "Tensor");
        internal static readonly Op lt__Scalar = new("aten::lt_", "Scalar");
        internal static readonly Op le_Tensor = new("aten::le", "Tensor");
        internal static readonly Op le_Scalar = new("aten::le", "Scalar");
        internal static readonly Op le__Tensor = new("aten::le_", "Tensor");
        internal static readonly Op le__Scalar = new("aten::le_", "Scalar");
        internal static readonly Op gt_Tensor = new("aten::gt", "Tensor");
        internal static readonly Op gt_Scalar = new("aten::gt", "Scalar");
        internal static readonly Op gt__Tensor = new("aten::gt_", "Tensor");
        internal static readonly Op gt__Scalar = new("aten::gt_", "Scalar");
        internal static readonly Op ge_Tensor = new("aten::ge", "Tensor");
        internal static readonly Op ge_Scalar = new("aten::ge", "Scalar");
        internal static readonly Op ge__Tensor = new("aten::ge_", "Tensor");
        internal static readonly Op ge__Scalar = new("aten::ge_", "Scalar");
        internal static readonly Op bitwise_and_Tensor = new("aten::bitwise_and", "Tensor");
        internal static readonly Op bitwise_and_Scalar = new("aten::bitwise_and", "Scalar");
        internal static readonly Op bitwise_and__Tensor = new("aten::bitwise_and_", "Tensor");
        internal static readonly Op bitwise_and__Scalar = new("aten::bitwise_and_", "Scalar");
        internal static readonly Op bitwise_or_Tensor = new("aten::bitwise_or", "Tensor");
        internal static readonly Op bitwise_or_Scalar = new("aten::bitwise_or", "Scalar");
        internal static readonly Op bitwise_or__Tensor = new("aten::bitwise_or_", "Tensor");
        internal static readonly Op bitwise_or__Scalar = new("aten::bitwise_or_", "Scalar");
        internal static readonly Op bitwise_xor_Tensor = new("aten::bitwise_xor", "Tensor");
        internal static readonly Op bitwise_xor_Scalar = new("aten::bitwise_xor", "Scalar");
        internal static readonly Op bitwise_xor__Tensor = new("aten::bitwise_xor_", "Tensor");
        internal static readonly Op bitwise_xor__Scalar = new("aten::bitwise_xor_", "Scalar");
        internal static readonly Op logical_and = new("aten::logical_and");
        internal static readonly Op logical_and_ = new("aten::logical_and_");
        internal static readonly Op logical_or = new("aten::logical_or");
        internal static readonly Op logical_or_ = new("aten::logical_or_");
        internal static readonly Op logical_xor = new("aten::logical_xor");
        internal static readonly Op logical_xor_ = new("aten::logical_xor_");
        internal static readonly Op allclose = new("aten::allclose");
        internal static readonly Op equal = new("aten::equal");
        internal static readonly Op isclose = new("aten::isclose");
    }

    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Aten.eq_Tensor.Call(this, target);

        public Tensor eq(Scalar target) => Aten.eq_Scalar.Call(this, target);

        public Tensor eq_(Tensor target) => In(Aten.eq__Tensor, this, target);

        public Tensor eq_(Scalar target) => In(Aten.eq__Scalar, this, target);

        public Tensor ne(Tensor target) => Aten.ne_Tensor.Call(this, target);

        public Tensor ne(Scalar target) => Aten.ne_Scalar.Call(this, target);

        public Tensor ne_(Tensor target) => In(Aten.ne__Tensor, this, target);

        public Tensor ne_(Scalar target) => In(Aten.ne__Scalar, this, target);

        public Tensor lt(Tensor target) => Aten.lt_Tensor.Call(this, target);

        public Tensor lt(Scalar target) => Aten.lt_Scalar.Call(this, target);

        public Tensor lt_(Tensor target) => In(Aten.lt__Tensor, this, target);

        public Tensor lt_(Scalar target) => In(Aten.lt__Scalar, this, target);

        public Tensor le(Tensor target) => Aten.le_Tensor.Call(this, target);

        public Tensor le(Scalar target) => Aten.le_Scalar.Call(this, target);

        public Tensor le_(Tensor target) => In(Aten.le__Tensor, this, target);

        public Tensor le_(Scalar target) => In(Aten.le__Scalar, this, target);

        public Tensor gt(Tensor target) => Aten.gt_Tensor.Call(this, target);

        public Tensor gt(Scalar target) => Aten.gt_Scalar.Call(this, target);

        public Tensor gt_(Tensor target) => In(Aten.gt__Tensor, this, target);

        public Tensor gt_(Scalar target) => In(Aten.gt__Scalar, this, target);

        public Tensor ge(Tensor target) => Aten.ge_Tensor.Call(this, target);

        public Tensor ge(Scalar target) => Aten.ge_Scalar.Call(this, target);

        public Tensor ge_(Tensor target) => In(Aten.ge__Tensor, this, target);

        public Tensor ge_(Scalar target) => In(Aten.ge__Scalar, this, target);

        public Tensor not_equal(Tensor target) => Aten.ne_Tensor.Call(this, target);

        public Tensor not_equal(Scalar target) => Aten.ne_Scalar.Call(this, target);

        public Tensor less(Tensor target) => Aten.lt_Tensor.Call(this, target);

        public Tensor less(Scalar target) => Aten.lt_Scalar.Call(this, target);

        public Tensor less_equal(Tensor target) => Aten.le_Tensor.Call(this, target);

        public Tensor less_equal(Scalar target) => Aten.le_Scalar.Call(this, target);

        public Tensor greater(Tensor target) => Aten.gt_Tensor.Call(this, target);

        public Tensor greater(Scalar target) => Aten.gt_Scalar.Call(this, target);

        public Tensor greater_equal(Tensor target) => Aten.ge_Tensor.Call(this, target);

        public Tensor greater_equal(Scalar target) => Aten.ge_Scalar.Call(this, target);

        public Tensor bitwise_and(Tensor target) => Aten.bitwise_and_Tensor.Call(this, target);

        public Tensor bitwise_and(Scalar target) => Aten.bitwise_and_Scalar.Call(this, target);

        public Tensor bitwise_and_(Tensor target) => In(Aten.bitwise_and__Tensor, this, target);

        public Tensor bitwise_and_(Scalar target) => In(Aten.bitwise_and__Scalar, this, target);

        public Tensor bitwise_or(Tensor target) => Aten.bitwise_or_Tensor.Call(this, target);

        public Tensor bitwise_or(Scalar target) => Aten.bitwise_or_Scalar.Call(this, target);

        public Tensor bitwise_or_(Tensor target) => In(Aten.bitwise_or__Tensor, this, target);

        public Tensor bitwise_or_(Scalar target) => In(Aten.bitwise_or__Scalar, this, target);

        public Tensor bitwise_xor(Tensor target) => Aten.bitwise_xor_Tensor.Call(this, target);

        public Tensor bitwise_xor(Scalar target) => Aten.bitwise_xor_Scalar.Call(this, target);

        public Tensor bitwise_xor_(Tensor target) => In(Aten.bitwise_xor__Tensor, this, target);

        public Tensor bitwise_xor_(Scalar target) => In(Aten.bitwise_xor__Scalar, this, target);

        public Tensor logical_and(Tensor target) => Aten.logical_and.Call(this, target);

        public Tensor logical_and_(Tensor target) => In(Aten.logical_and_, this, target);

        public Tensor logical_or(Tensor target) => Aten.logical_or.Call(this, target);

        public Tensor logical_or_(Tensor target) => In(Aten.logical_or_, this, target);

        public Tensor logical_xor(Tensor target) => Aten.logical_xor.Call(this, target);

        public Tensor logical_xor_(Tensor target) => In(Aten.logical_xor_, this, target);

        /// <summary>Element by element, as in TorchSharp; <see cref="torch.equal"/> compares whole tensors.</summary>
        public Tensor equal(Tensor target) => eq(target);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Aten.allclose.CallBool(this, target, rtol, atol, equal_nan);

        /// <summary>Whether both have the same shape and the same elements.</summary>
        public bool Equals(Tensor target) => Aten.equal.CallBool(this, target);

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => Aten.isclose.Call(this, other, rtol, atol, equal_nan);
    }
}
