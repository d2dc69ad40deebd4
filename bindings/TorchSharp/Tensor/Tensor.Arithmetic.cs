namespace TorchSharp;

// Element by element: functions of two tensors, or of a tensor and a number.
public static partial class torch
{
    public static Tensor add(Tensor left, Tensor right) => left.add(right);

    public static Tensor add(Tensor left, Scalar right) => left.add(right);

    public static Tensor add_(Tensor left, Tensor right) => left.add_(right);

    public static Tensor add_(Tensor left, Scalar right) => left.add_(right);

    public static Tensor add(Tensor left, Tensor right, Scalar alpha) => left.add(right, alpha);

    public static Tensor sub(Tensor left, Tensor right) => left.sub(right);

    public static Tensor sub(Tensor left, Scalar right) => left.sub(right);

    public static Tensor sub_(Tensor left, Tensor right) => left.sub_(right);

    public static Tensor sub_(Tensor left, Scalar right) => left.sub_(right);

    public static Tensor sub(Tensor left, Tensor right, Scalar alpha) => left.sub(right, alpha);

    public static Tensor subtract(Tensor left, Tensor right) => left.subtract(right);

    public static Tensor subtract(Tensor left, Scalar right) => left.subtract(right);

    public static Tensor subtract_(Tensor left, Tensor right) => left.subtract_(right);

    public static Tensor subtract_(Tensor left, Scalar right) => left.subtract_(right);

    public static Tensor mul(Tensor left, Tensor right) => left.mul(right);

    public static Tensor mul(Tensor left, Scalar right) => left.mul(right);

    public static Tensor mul_(Tensor left, Tensor right) => left.mul_(right);

    public static Tensor mul_(Tensor left, Scalar right) => left.mul_(right);

    public static Tensor multiply(Tensor left, Tensor right) => left.multiply(right);

    public static Tensor multiply(Tensor left, Scalar right) => left.multiply(right);

    public static Tensor remainder(Tensor left, Tensor right) => left.remainder(right);

    public static Tensor remainder(Tensor left, Scalar right) => left.remainder(right);

    public static Tensor remainder_(Tensor left, Tensor right) => left.remainder_(right);

    public static Tensor remainder_(Tensor left, Scalar right) => left.remainder_(right);

    public static Tensor fmod(Tensor left, Tensor right) => left.fmod(right);

    public static Tensor fmod(Tensor left, Scalar right) => left.fmod(right);

    public static Tensor fmod_(Tensor left, Tensor right) => left.fmod_(right);

    public static Tensor fmod_(Tensor left, Scalar right) => left.fmod_(right);

    public static Tensor true_divide(Tensor left, Tensor right) => left.true_divide(right);

    public static Tensor true_divide(Tensor left, Scalar right) => left.true_divide(right);

    public static Tensor true_divide_(Tensor left, Tensor right) => left.true_divide_(right);

    public static Tensor true_divide_(Tensor left, Scalar right) => left.true_divide_(right);

    public static Tensor floor_divide(Tensor left, Tensor right) => left.floor_divide(right);

    public static Tensor floor_divide(Tensor left, Scalar right) => left.floor_divide(right);

    public static Tensor floor_divide_(Tensor left, Tensor right) => left.floor_divide_(right);

    public static Tensor floor_divide_(Tensor left, Scalar right) => left.floor_divide_(right);

    public static Tensor xlogy(Tensor left, Tensor right) => left.xlogy(right);

    public static Tensor xlogy(Tensor left, Scalar right) => left.xlogy(right);

    public static Tensor xlogy_(Tensor left, Tensor right) => left.xlogy_(right);

    public static Tensor xlogy_(Tensor left, Scalar right) => left.xlogy_(right);

    public static Tensor atan2(Tensor left, Tensor right) => left.atan2(right);

    public static Tensor atan2_(Tensor left, Tensor right) => left.atan2_(right);

    public static Tensor hypot(Tensor left, Tensor right) => left.hypot(right);

    public static Tensor hypot_(Tensor left, Tensor right) => left.hypot_(right);

    public static Tensor copysign(Tensor left, Tensor right) => left.copysign(right);

    public static Tensor copysign_(Tensor left, Tensor right) => left.copysign_(right);

    public static Tensor gcd(Tensor left, Tensor right) => left.gcd(right);

    public static Tensor gcd_(Tensor left, Tensor right) => left.gcd_(right);

    public static Tensor lcm(Tensor left, Tensor right) => left.lcm(right);

    public static Tensor lcm_(Tensor left, Tensor right) => left.lcm_(right);

    public static Tensor maximum(Tensor left, Tensor right) => left.maximum(right);

    public static Tensor minimum(Tensor left, Tensor right) => left.minimum(right);

    public static Tensor fmax(Tensor left, Tensor right) => left.fmax(right);

    public static Tensor fmin(Tensor left, Tensor right) => left.fmin(right);

    public static Tensor logaddexp(Tensor left, Tensor right) => left.logaddexp(right);

    public static Tensor logaddexp2(Tensor left, Tensor right) => left.logaddexp2(right);

    public static Tensor heaviside(Tensor left, Tensor right) => left.heaviside(right);

    public static Tensor heaviside_(Tensor left, Tensor right) => left.heaviside_(right);

    public static Tensor float_power(Tensor left, Tensor right) => left.float_power(right);

    public static Tensor pow(Tensor left, Tensor exponent) => left.pow(exponent);

    public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);

    public static Tensor pow(Scalar left, Tensor exponent) => Aten.pow_Scalar.Call(left, exponent);

    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);

    public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);

    public static Tensor div_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div_(right, rounding_mode);

    public static Tensor div_(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div_(right, rounding_mode);

    public static Tensor divide(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.divide(right, rounding_mode);

    public static Tensor divide(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.divide(right, rounding_mode);

    public static Tensor divide_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.divide_(right, rounding_mode);

    public static Tensor divide_(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.divide_(right, rounding_mode);

    public static Tensor addcmul(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcmul(tensor1, tensor2, value);

    public static Tensor addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcdiv(tensor1, tensor2, value);

    public static Tensor lerp(Tensor input, Tensor end, Scalar weight) => input.lerp(end, weight);

    public static Tensor lerp(Tensor input, Tensor end, Tensor weight) => input.lerp(end, weight);

    private static partial class Aten
    {
        internal static readonly Op add_Tensor = new("aten::add", "Tensor");
        internal static readonly Op add_Scalar = new("aten::add", "Scalar");
        internal static readonly Op add__Tensor = new("aten::add_", "Tensor");
        internal static readonly Op add__Scalar = new("aten::add_", "Scalar");
        internal static readonly Op sub_Tensor = new("aten::sub", "Tensor");
        internal static readonly Op sub_Scalar = new("aten::sub", "Scalar");
        internal static readonly Op sub__Tensor = new("aten::sub_", "Tensor");
        internal static readonly Op sub__Scalar = new("aten::sub_", "Scalar");
        internal static readonly Op mul_Tensor = new("aten::mul", "Tensor");
        internal static readonly Op mul_Scalar = new("aten::mul", "Scalar");
        internal static readonly Op mul__Tensor = new("aten::mul_", "Tensor");
        internal static readonly Op mul__Scalar = new("aten::mul_", "Scalar");
        internal static readonly Op remainder_Tensor = new("aten::remainder", "Tensor");
        internal static readonly Op remainder_Scalar = new("aten::remainder", "Scalar");
        internal static readonly Op remainder__Tensor = new("aten::remainder_", "Tensor");
        internal static readonly Op remainder__Scalar = new("aten::remainder_", "Scalar");
        internal static readonly Op fmod_Tensor = new("aten::fmod", "Tensor");
        internal static readonly Op fmod_Scalar = new("aten::fmod", "Scalar");
        internal static readonly Op fmod__Tensor = new("aten::fmod_", "Tensor");
        internal static readonly Op fmod__Scalar = new("aten::fmod_", "Scalar");
        internal static readonly Op div_Tensor = new("aten::div", "Tensor");
        internal static readonly Op div_Scalar = new("aten::div", "Scalar");
        internal static readonly Op div__Tensor = new("aten::div_", "Tensor");
        internal static readonly Op div__Scalar = new("aten::div_", "Scalar");
        internal static readonly Op floor_divide = new("aten::floor_divide");
        internal static readonly Op floor_divide_Scalar = new("aten::floor_divide", "Scalar");
        internal static readonly Op floor_divide_ = new("aten::floor_divide_");
        internal static readonly Op floor_divide__Scalar = new("aten::floor_divide_", "Scalar");
        internal static readonly Op xlogy_Tensor = new("aten::xlogy", "Tensor");
        internal static readonly Op xlogy_Scalar_Other = new("aten::xlogy", "Scalar_Other");
        internal static readonly Op xlogy__Tensor = new("aten::xlogy_", "Tensor");
        internal static readonly Op xlogy__Scalar_Other = new("aten::xlogy_", "Scalar_Other");
        internal static readonly Op atan2 = new("aten::atan2");
        internal static readonly Op atan2_ = new("aten::atan2_");
        internal static readonly Op hypot = new("aten::hypot");
        internal static readonly Op hypot_ = new("aten::hypot_");
        internal static readonly Op copysign_Tensor = new("aten::copysign", "Tensor");
        internal static readonly Op copysign__Tensor = new("aten::copysign_", "Tensor");
        internal static readonly Op gcd = new("aten::gcd");
        internal static readonly Op gcd_ = new("aten::gcd_");
        internal static readonly Op lcm = new("aten::lcm");
        internal static readonly Op lcm_ = new("aten::lcm_");
        internal static readonly Op maximum = new("aten::maximum");
        internal static readonly Op minimum = new("aten::minimum");
        internal static readonly Op fmax = new("aten::fmax");
        internal static readonly Op fmin = new("aten::fmin");
        internal static readonly Op logaddexp = new("aten::logaddexp");
        internal static readonly Op logaddexp2 = new("aten::logaddexp2");
        internal static readonly Op heaviside = new("aten::heaviside");
        internal static readonly Op heaviside_ = new("aten::heaviside_");
        internal static readonly Op float_power_Tensor_Tensor = new("aten::float_power", "Tensor_Tensor");
        internal static readonly Op pow_Tensor_Tensor = new("aten::pow", "Tensor_Tensor");
        internal static readonly Op pow_Tensor_Scalar = new("aten::pow", "Tensor_Scalar");
        internal static readonly Op pow__Tensor = new("aten::pow_", "Tensor");
        internal static readonly Op pow__Scalar = new("aten::pow_", "Scalar");
        internal static readonly Op pow_Scalar = new("aten::pow", "Scalar");
        internal static readonly Op div_Tensor_mode = new("aten::div", "Tensor_mode");
        internal static readonly Op div_Scalar_mode = new("aten::div", "Scalar_mode");
        internal static readonly Op div__Tensor_mode = new("aten::div_", "Tensor_mode");
        internal static readonly Op div__Scalar_mode = new("aten::div_", "Scalar_mode");
        internal static readonly Op addcmul = new("aten::addcmul");
        internal static readonly Op addcmul_ = new("aten::addcmul_");
        internal static readonly Op addcdiv = new("aten::addcdiv");
        internal static readonly Op addcdiv_ = new("aten::addcdiv_");
        internal static readonly Op lerp_Tensor = new("aten::lerp", "Tensor");
        internal static readonly Op lerp_Scalar = new("aten::lerp", "Scalar");
        internal static readonly Op lerp__Tensor = new("aten::lerp_", "Tensor");
        internal static readonly Op lerp__Scalar = new("aten::lerp_", "Scalar");
    }

    public partial class Tensor
    {
        public Tensor add(Tensor target) => Aten.add_Tensor.Call(this, target);

        public Tensor add(Scalar target) => Aten.add_Scalar.Call(this, target);

        public Tensor add_(Tensor target) => In(Aten.add__Tensor, this, target);

        public Tensor add_(Scalar target) => In(Aten.add__Scalar, this, target);

        public Tensor add(Tensor target, Scalar alpha) => Aten.add_Tensor.Call(this, target, alpha);

        public Tensor add(Scalar scalar, Scalar alpha) => Aten.add_Scalar.Call(this, scalar, alpha);

        public Tensor add_(Tensor target, Scalar alpha) => In(Aten.add__Tensor, this, target, alpha);

        public Tensor add_(Scalar scalar, Scalar alpha) => In(Aten.add__Scalar, this, scalar, alpha);

        public Tensor sub(Tensor target) => Aten.sub_Tensor.Call(this, target);

        public Tensor sub(Scalar target) => Aten.sub_Scalar.Call(this, target);

        public Tensor sub_(Tensor target) => In(Aten.sub__Tensor, this, target);

        public Tensor sub_(Scalar target) => In(Aten.sub__Scalar, this, target);

        public Tensor sub(Tensor target, Scalar alpha) => Aten.sub_Tensor.Call(this, target, alpha);

        public Tensor sub(Scalar scalar, Scalar alpha) => Aten.sub_Scalar.Call(this, scalar, alpha);

        public Tensor sub_(Tensor target, Scalar alpha) => In(Aten.sub__Tensor, this, target, alpha);

        public Tensor sub_(Scalar scalar, Scalar alpha) => In(Aten.sub__Scalar, this, scalar, alpha);

        public Tensor subtract(Tensor target) => Aten.sub_Tensor.Call(this, target);

        public Tensor subtract(Scalar target) => Aten.sub_Scalar.Call(this, target);

        public Tensor subtract_(Tensor target) => In(Aten.sub__Tensor, this, target);

        public Tensor subtract_(Scalar target) => In(Aten.sub__Scalar, this, target);

        public Tensor mul(Tensor target) => Aten.mul_Tensor.Call(this, target);

        public Tensor mul(Scalar target) => Aten.mul_Scalar.Call(this, target);

        public Tensor mul_(Tensor target) => In(Aten.mul__Tensor, this, target);

        public Tensor mul_(Scalar target) => In(Aten.mul__Scalar, this, target);

        public Tensor multiply(Tensor target) => Aten.mul_Tensor.Call(this, target);

        public Tensor multiply(Scalar target) => Aten.mul_Scalar.Call(this, target);

        public Tensor remainder(Tensor target) => Aten.remainder_Tensor.Call(this, target);

        public Tensor remainder(Scalar target) => Aten.remainder_Scalar.Call(this, target);

        public Tensor remainder_(Tensor target) => In(Aten.remainder__Tensor, this, target);

        public Tensor remainder_(Scalar target) => In(Aten.remainder__Scalar, this, target);

        public Tensor fmod(Tensor target) => Aten.fmod_Tensor.Call(this, target);

        public Tensor fmod(Scalar target) => Aten.fmod_Scalar.Call(this, target);

        public Tensor fmod_(Tensor target) => In(Aten.fmod__Tensor, this, target);

        public Tensor fmod_(Scalar target) => In(Aten.fmod__Scalar, this, target);

        public Tensor true_divide(Tensor target) => Aten.div_Tensor.Call(this, target);

        public Tensor true_divide(Scalar target) => Aten.div_Scalar.Call(this, target);

        public Tensor true_divide_(Tensor target) => In(Aten.div__Tensor, this, target);

        public Tensor true_divide_(Scalar target) => In(Aten.div__Scalar, this, target);

        public Tensor floor_divide(Tensor target) => Aten.floor_divide.Call(this, target);

        public Tensor floor_divide(Scalar target) => Aten.floor_divide_Scalar.Call(this, target);

        public Tensor floor_divide_(Tensor target) => In(Aten.floor_divide_, this, target);

        public Tensor floor_divide_(Scalar target) => In(Aten.floor_divide__Scalar, this, target);

        public Tensor xlogy(Tensor target) => Aten.xlogy_Tensor.Call(this, target);

        public Tensor xlogy(Scalar target) => Aten.xlogy_Scalar_Other.Call(this, target);

        public Tensor xlogy_(Tensor target) => In(Aten.xlogy__Tensor, this, target);

        public Tensor xlogy_(Scalar target) => In(Aten.xlogy__Scalar_Other, this, target);

        public Tensor atan2(Tensor target) => Aten.atan2.Call(this, target);

        public Tensor atan2_(Tensor target) => In(Aten.atan2_, this, target);

        public Tensor hypot(Tensor target) => Aten.hypot.Call(this, target);

        public Tensor hypot_(Tensor target) => In(Aten.hypot_, this, target);

        public Tensor copysign(Tensor target) => Aten.copysign_Tensor.Call(this, target);

        public Tensor copysign_(Tensor target) => In(Aten.copysign__Tensor, this, target);

        public Tensor gcd(Tensor target) => Aten.gcd.Call(this, target);

        public Tensor gcd_(Tensor target) => In(Aten.gcd_, this, target);

        public Tensor lcm(Tensor target) => Aten.lcm.Call(this, target);

        public Tensor lcm_(Tensor target) => In(Aten.lcm_, this, target);

        public Tensor maximum(Tensor target) => Aten.maximum.Call(this, target);

        public Tensor minimum(Tensor target) => Aten.minimum.Call(this, target);

        public Tensor fmax(Tensor target) => Aten.fmax.Call(this, target);

        public Tensor fmin(Tensor target) => Aten.fmin.Call(this, target);

        public Tensor logaddexp(Tensor target) => Aten.logaddexp.Call(this, target);

        public Tensor logaddexp2(Tensor target) => Aten.logaddexp2.Call(this, target);

        public Tensor heaviside(Tensor target) => Aten.heaviside.Call(this, target);

        public Tensor heaviside_(Tensor target) => In(Aten.heaviside_, this, target);

        public Tensor float_power(Tensor target) => Aten.float_power_Tensor_Tensor.Call(this, target);

        public Tensor pow(Tensor exponent) => Aten.pow_Tensor_Tensor.Call(this, exponent);

        public Tensor pow(Scalar exponent) => Aten.pow_Tensor_Scalar.Call(this, exponent);

        public Tensor pow_(Tensor exponent) => In(Aten.pow__Tensor, this, exponent);

        public Tensor pow_(Scalar exponent) => In(Aten.pow__Scalar, this, exponent);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Aten.div_Tensor.Call(this, target) : Aten.div_Tensor_mode.Call(this, target, rounding_mode.ToString());

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Aten.div_Scalar.Call(this, target) : Aten.div_Scalar_mode.Call(this, target, rounding_mode.ToString());

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? In(Aten.div__Tensor, this, target) : In(Aten.div__Tensor_mode, this, target, rounding_mode.ToString());

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? In(Aten.div__Scalar, this, target) : In(Aten.div__Scalar_mode, this, target, rounding_mode.ToString());

        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Aten.div_Tensor.Call(this, target) : Aten.div_Tensor_mode.Call(this, target, rounding_mode.ToString());

        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Aten.div_Scalar.Call(this, target) : Aten.div_Scalar_mode.Call(this, target, rounding_mode.ToString());

        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? In(Aten.div__Tensor, this, target) : In(Aten.div__Tensor_mode, this, target, rounding_mode.ToString());

        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? In(Aten.div__Scalar, this, target) : In(Aten.div__Scalar_mode, this, target, rounding_mode.ToString());

        public Tensor addcmul(Tensor tensor1, Tensor tensor2) => Aten.addcmul.Call(this, tensor1, tensor2);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcmul.Call(this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2) => In(Aten.addcmul_, this, tensor1, tensor2);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => In(Aten.addcmul_, this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Aten.addcdiv.Call(this, tensor1, tensor2);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcdiv.Call(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => In(Aten.addcdiv_, this, tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => In(Aten.addcdiv_, this, tensor1, tensor2, value);

        public Tensor lerp(Tensor end, Tensor weight) => Aten.lerp_Tensor.Call(this, end, weight);

        public Tensor lerp(Tensor end, Scalar weight) => Aten.lerp_Scalar.Call(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => In(Aten.lerp__Tensor, this, end, weight);

        public Tensor lerp_(Tensor end, Scalar weight) => In(Aten.lerp__Scalar, this, end, weight);
    }
}
