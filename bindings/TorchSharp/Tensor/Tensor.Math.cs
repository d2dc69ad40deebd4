namespace TorchSharp;

// Element by element: functions of one tensor, each also in place and as torch.f(x).
public static partial class torch
{
    public static Tensor abs(Tensor input) => input.abs();

    public static Tensor abs_(Tensor input) => input.abs_();

    public static Tensor ceil(Tensor input) => input.ceil();

    public static Tensor ceil_(Tensor input) => input.ceil_();

    public static Tensor floor(Tensor input) => input.floor();

    public static Tensor floor_(Tensor input) => input.floor_();

    public static Tensor trunc(Tensor input) => input.trunc();

    public static Tensor trunc_(Tensor input) => input.trunc_();

    public static Tensor frac(Tensor input) => input.frac();

    public static Tensor frac_(Tensor input) => input.frac_();

    public static Tensor round(Tensor input) => input.round();

    public static Tensor round_(Tensor input) => input.round_();

    public static Tensor exp(Tensor input) => input.exp();

    public static Tensor exp_(Tensor input) => input.exp_();

    public static Tensor exp2(Tensor input) => input.exp2();

    public static Tensor exp2_(Tensor input) => input.exp2_();

    public static Tensor expm1(Tensor input) => input.expm1();

    public static Tensor expm1_(Tensor input) => input.expm1_();

    public static Tensor log(Tensor input) => input.log();

    public static Tensor log_(Tensor input) => input.log_();

    public static Tensor log2(Tensor input) => input.log2();

    public static Tensor log2_(Tensor input) => input.log2_();

    public static Tensor log10(Tensor input) => input.log10();

    public static Tensor log10_(Tensor input) => input.log10_();

    public static Tensor log1p(Tensor input) => input.log1p();

    public static Tensor log1p_(Tensor input) => input.log1p_();

    public static Tensor sqrt(Tensor input) => input.sqrt();

    public static Tensor sqrt_(Tensor input) => input.sqrt_();

    public static Tensor rsqrt(Tensor input) => input.rsqrt();

    public static Tensor rsqrt_(Tensor input) => input.rsqrt_();

    public static Tensor square(Tensor input) => input.square();

    public static Tensor square_(Tensor input) => input.square_();

    public static Tensor neg(Tensor input) => input.neg();

    public static Tensor neg_(Tensor input) => input.neg_();

    public static Tensor reciprocal(Tensor input) => input.reciprocal();

    public static Tensor reciprocal_(Tensor input) => input.reciprocal_();

    public static Tensor sign(Tensor input) => input.sign();

    public static Tensor sign_(Tensor input) => input.sign_();

    public static Tensor sgn(Tensor input) => input.sgn();

    public static Tensor sgn_(Tensor input) => input.sgn_();

    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    public static Tensor sigmoid_(Tensor input) => input.sigmoid_();

    public static Tensor erf(Tensor input) => input.erf();

    public static Tensor erf_(Tensor input) => input.erf_();

    public static Tensor erfc(Tensor input) => input.erfc();

    public static Tensor erfc_(Tensor input) => input.erfc_();

    public static Tensor erfinv(Tensor input) => input.erfinv();

    public static Tensor erfinv_(Tensor input) => input.erfinv_();

    public static Tensor digamma(Tensor input) => input.digamma();

    public static Tensor digamma_(Tensor input) => input.digamma_();

    public static Tensor lgamma(Tensor input) => input.lgamma();

    public static Tensor lgamma_(Tensor input) => input.lgamma_();

    public static Tensor relu(Tensor input) => input.relu();

    public static Tensor relu_(Tensor input) => input.relu_();

    public static Tensor logical_not(Tensor input) => input.logical_not();

    public static Tensor logical_not_(Tensor input) => input.logical_not_();

    public static Tensor bitwise_not(Tensor input) => input.bitwise_not();

    public static Tensor bitwise_not_(Tensor input) => input.bitwise_not_();

    public static Tensor isnan(Tensor input) => input.isnan();

    public static Tensor isinf(Tensor input) => input.isinf();

    public static Tensor isfinite(Tensor input) => input.isfinite();

    public static Tensor signbit(Tensor input) => input.signbit();

    public static Tensor isneginf(Tensor input) => input.isneginf();

    public static Tensor isposinf(Tensor input) => input.isposinf();

    public static Tensor absolute(Tensor input) => input.abs();

    public static Tensor negative(Tensor input) => input.neg();

    public static Tensor fix(Tensor input) => input.trunc();

    public static Tensor logit(Tensor input, double? eps = null) => input.logit(eps);

    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);

    public static Tensor clamp(Tensor input, Tensor? min, Tensor? max) => input.clamp(min, max);

    public static Tensor clip(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);

    public static Tensor clip(Tensor input, Tensor? min, Tensor? max) => input.clamp(min, max);

    public static Tensor clamp_min(Tensor input, Scalar bound) => input.clamp_min(bound);

    public static Tensor clamp_max(Tensor input, Scalar bound) => input.clamp_max(bound);

    public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

    public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) => input.log_softmax(dim, dtype);

    private static partial class Aten
    {
        internal static readonly Op abs = new("aten::abs");
        internal static readonly Op abs_ = new("aten::abs_");
        internal static readonly Op ceil = new("aten::ceil");
        internal static readonly Op ceil_ = new("aten::ceil_");
        internal static readonly Op floor = new("aten::floor");
        internal static readonly Op floor_ = new("aten::floor_");
        internal static readonly Op trunc = new("aten::trunc");
        internal static readonly Op trunc_ = new("aten::trunc_");
        internal static readonly Op frac = new("aten::frac");
        internal static readonly Op frac_ = new("aten::frac_");
        internal static readonly Op round = new("aten::round");
        internal static readonly Op round_ = new("aten::round_");
        internal static readonly Op exp = new("aten::exp");
        internal static readonly Op exp_ = new("aten::exp_");
        internal static readonly Op exp2 = new("aten::exp2");
        internal static readonly Op exp2_ = new("aten::exp2_");
        internal static readonly Op expm1 = new("aten::expm1");
        internal static readonly Op expm1_ = new("aten::expm1_");
        internal static readonly Op log = new("aten::log");
        internal static readonly Op log_ = new("aten::log_");
        internal static readonly Op log2 = new("aten::log2");
        internal static readonly Op log2_ = new("aten::log2_");
        internal static readonly Op log10 = new("aten::log10");
        internal static readonly Op log10_ = new("aten::log10_");
        internal static readonly Op log1p = new("aten::log1p");
        internal static readonly Op log1p_ = new("aten::log1p_");
        internal static readonly Op sqrt = new("aten::sqrt");
        internal static readonly Op sqrt_ = new("aten::sqrt_");
        internal static readonly Op rsqrt = new("aten::rsqrt");
        internal static readonly Op rsqrt_ = new("aten::rsqrt_");
        internal static readonly Op square = new("aten::square");
        internal static readonly Op square_ = new("aten::square_");
        internal static readonly Op neg = new("aten::neg");
        internal static readonly Op neg_ = new("aten::neg_");
        internal static readonly Op reciprocal = new("aten::reciprocal");
        internal static readonly Op reciprocal_ = new("aten::reciprocal_");
        internal static readonly Op sign = new("aten::sign");
        internal static readonly Op sign_ = new("aten::sign_");
        internal static readonly Op sgn = new("aten::sgn");
        internal static readonly Op sgn_ = new("aten::sgn_");
        internal static readonly Op sigmoid = new("aten::sigmoid");
        internal static readonly Op sigmoid_ = new("aten::sigmoid_");
        internal static readonly Op erf = new("aten::erf");
        internal static readonly Op erf_ = new("aten::erf_");
        internal static readonly Op erfc = new("aten::erfc");
        internal static readonly Op erfc_ = new("aten::erfc_");
        internal static readonly Op erfinv = new("aten::erfinv");
        internal static readonly Op erfinv_ = new("aten::erfinv_");
        internal static readonly Op digamma = new("aten::digamma");
        internal static readonly Op digamma_ = new("aten::digamma_");
        internal static readonly Op lgamma = new("aten::lgamma");
        internal static readonly Op lgamma_ = new("aten::lgamma_");
        internal static readonly Op relu = new("aten::relu");
        internal static readonly Op relu_ = new("aten::relu_");
        internal static readonly Op logical_not = new("aten::logical_not");
        internal static readonly Op logical_not_ = new("aten::logical_not_");
        internal static readonly Op bitwise_not = new("aten::bitwise_not");
        internal static readonly Op bitwise_not_ = new("aten::bitwise_not_");
        internal static readonly Op isnan = new("aten::isnan");
        internal static readonly Op isinf = new("aten::isinf");
        internal static readonly Op isfinite = new("aten::isfinite");
        internal static readonly Op signbit = new("aten::signbit");
        internal static readonly Op isneginf = new("aten::isneginf");
        internal static readonly Op isposinf = new("aten::isposinf");
        internal static readonly Op round_decimals = new("aten::round", "decimals");
        internal static readonly Op logit = new("aten::logit");
        internal static readonly Op nan_to_num = new("aten::nan_to_num");
        internal static readonly Op nan_to_num_ = new("aten::nan_to_num_");
        internal static readonly Op clamp = new("aten::clamp");
        internal static readonly Op clamp_Tensor = new("aten::clamp", "Tensor");
        internal static readonly Op clamp_ = new("aten::clamp_");
        internal static readonly Op clamp__Tensor = new("aten::clamp_", "Tensor");
        internal static readonly Op clamp_min = new("aten::clamp_min");
        internal static readonly Op clamp_min_ = new("aten::clamp_min_");
        internal static readonly Op clamp_max = new("aten::clamp_max");
        internal static readonly Op clamp_max_ = new("aten::clamp_max_");
        internal static readonly Op softmax_int = new("aten::softmax", "int");
        internal static readonly Op log_softmax_int = new("aten::log_softmax", "int");
        internal static readonly Op softplus = new("aten::softplus");
    }

    public partial class Tensor
    {
        public Tensor abs() => Aten.abs.Call(this);

        public Tensor abs_() => In(Aten.abs_, this);

        public Tensor ceil() => Aten.ceil.Call(this);

        public Tensor ceil_() => In(Aten.ceil_, this);

        public Tensor floor() => Aten.floor.Call(this);

        public Tensor floor_() => In(Aten.floor_, this);

        public Tensor trunc() => Aten.trunc.Call(this);

        public Tensor trunc_() => In(Aten.trunc_, this);

        public Tensor frac() => Aten.frac.Call(this);

        public Tensor frac_() => In(Aten.frac_, this);

        public Tensor round() => Aten.round.Call(this);

        public Tensor round_() => In(Aten.round_, this);

        public Tensor exp() => Aten.exp.Call(this);

        public Tensor exp_() => In(Aten.exp_, this);

        public Tensor exp2() => Aten.exp2.Call(this);

        public Tensor exp2_() => In(Aten.exp2_, this);

        public Tensor expm1() => Aten.expm1.Call(this);

        public Tensor expm1_() => In(Aten.expm1_, this);

        public Tensor log() => Aten.log.Call(this);

        public Tensor log_() => In(Aten.log_, this);

        public Tensor log2() => Aten.log2.Call(this);

        public Tensor log2_() => In(Aten.log2_, this);

        public Tensor log10() => Aten.log10.Call(this);

        public Tensor log10_() => In(Aten.log10_, this);

        public Tensor log1p() => Aten.log1p.Call(this);

        public Tensor log1p_() => In(Aten.log1p_, this);

        public Tensor sqrt() => Aten.sqrt.Call(this);

        public Tensor sqrt_() => In(Aten.sqrt_, this);

        public Tensor rsqrt() => Aten.rsqrt.Call(this);

        public Tensor rsqrt_() => In(Aten.rsqrt_, this);

        public Tensor square() => Aten.square.Call(this);

        public Tensor square_() => In(Aten.square_, this);

        public Tensor neg() => Aten.neg.Call(this);

        public Tensor neg_() => In(Aten.neg_, this);

        public Tensor reciprocal() => Aten.reciprocal.Call(this);

        public Tensor reciprocal_() => In(Aten.reciprocal_, this);

        public Tensor sign() => Aten.sign.Call(this);

        public Tensor sign_() => In(Aten.sign_, this);

        public Tensor sgn() => Aten.sgn.Call(this);

        public Tensor sgn_() => In(Aten.sgn_, this);

        public Tensor sigmoid() => Aten.sigmoid.Call(this);

        public Tensor sigmoid_() => In(Aten.sigmoid_, this);

        public Tensor erf() => Aten.erf.Call(this);

        public Tensor erf_() => In(Aten.erf_, this);

        public Tensor erfc() => Aten.erfc.Call(this);

        public Tensor erfc_() => In(Aten.erfc_, this);

        public Tensor erfinv() => Aten.erfinv.Call(this);

        public Tensor erfinv_() => In(Aten.erfinv_, this);

        public Tensor digamma() => Aten.digamma.Call(this);

        public Tensor digamma_() => In(Aten.digamma_, this);

        public Tensor lgamma() => Aten.lgamma.Call(this);

        public Tensor lgamma_() => In(Aten.lgamma_, this);

        public Tensor relu() => Aten.relu.Call(this);

        public Tensor relu_() => In(Aten.relu_, this);

        public Tensor logical_not() => Aten.logical_not.Call(this);

        public Tensor logical_not_() => In(Aten.logical_not_, this);

        public Tensor bitwise_not() => Aten.bitwise_not.Call(this);

        public Tensor bitwise_not_() => In(Aten.bitwise_not_, this);

        public Tensor isnan() => Aten.isnan.Call(this);

        public Tensor isinf() => Aten.isinf.Call(this);

        public Tensor isfinite() => Aten.isfinite.Call(this);

        public Tensor signbit() => Aten.signbit.Call(this);

        public Tensor isneginf() => Aten.isneginf.Call(this);

        public Tensor isposinf() => Aten.isposinf.Call(this);

        public Tensor absolute() => abs();

        public Tensor negative() => neg();

        public Tensor fix() => trunc();

        public Tensor round(long decimals) => Aten.round_decimals.Call(this, decimals);

        public Tensor logit(double? eps = null) => Aten.logit.Call(this, eps);

        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => Aten.nan_to_num.Call(this, nan, posinf, neginf);

        public Tensor nan_to_num_(double nan = 0, double? posinf = null, double? neginf = null) => In(Aten.nan_to_num_, this, nan, posinf, neginf);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.clamp.Call(this, min, max);

        public Tensor clamp(Tensor? min, Tensor? max) => Aten.clamp_Tensor.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => In(Aten.clamp_, this, min, max);

        public Tensor clamp_(Tensor? min, Tensor? max) => In(Aten.clamp__Tensor, this, min, max);

        public Tensor clip(Scalar? min = null, Scalar? max = null) => Aten.clamp.Call(this, min, max);

        public Tensor clip(Tensor? min, Tensor? max) => Aten.clamp_Tensor.Call(this, min, max);

        public Tensor clip_(Scalar? min = null, Scalar? max = null) => In(Aten.clamp_, this, min, max);

        public Tensor clip_(Tensor? min, Tensor? max) => In(Aten.clamp__Tensor, this, min, max);

        public Tensor clamp_min(Scalar bound) => Aten.clamp_min.Call(this, bound);

        public Tensor clamp_min_(Scalar bound) => In(Aten.clamp_min_, this, bound);

        public Tensor clamp_max(Scalar bound) => Aten.clamp_max.Call(this, bound);

        public Tensor clamp_max_(Scalar bound) => In(Aten.clamp_max_, this, bound);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.softmax_int.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.log_softmax_int.Call(this, dim, dtype);

        public Tensor softplus(double beta = 1, double threshold = 20) => Aten.softplus.Call(this, beta, threshold);

        /// <summary>Runs an operator that changes this tensor; this tensor.</summary>
        private Tensor In(Op op, params ReadOnlySpan<Arg> args)
        {
            op.Run(args);
            return this;
        }
    }
}
