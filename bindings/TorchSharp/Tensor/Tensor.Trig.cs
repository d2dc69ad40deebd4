namespace TorchSharp;

// Angles and hyperbolas.
public static partial class torch
{
    public static Tensor sin(Tensor input) => input.sin();

    public static Tensor sin_(Tensor input) => input.sin_();

    public static Tensor cos(Tensor input) => input.cos();

    public static Tensor cos_(Tensor input) => input.cos_();

    public static Tensor tan(Tensor input) => input.tan();

    public static Tensor tan_(Tensor input) => input.tan_();

    public static Tensor asin(Tensor input) => input.asin();

    public static Tensor asin_(Tensor input) => input.asin_();

    public static Tensor acos(Tensor input) => input.acos();

    public static Tensor acos_(Tensor input) => input.acos_();

    public static Tensor atan(Tensor input) => input.atan();

    public static Tensor atan_(Tensor input) => input.atan_();

    public static Tensor sinh(Tensor input) => input.sinh();

    public static Tensor sinh_(Tensor input) => input.sinh_();

    public static Tensor cosh(Tensor input) => input.cosh();

    public static Tensor cosh_(Tensor input) => input.cosh_();

    public static Tensor tanh(Tensor input) => input.tanh();

    public static Tensor tanh_(Tensor input) => input.tanh_();

    public static Tensor asinh(Tensor input) => input.asinh();

    public static Tensor asinh_(Tensor input) => input.asinh_();

    public static Tensor acosh(Tensor input) => input.acosh();

    public static Tensor acosh_(Tensor input) => input.acosh_();

    public static Tensor atanh(Tensor input) => input.atanh();

    public static Tensor atanh_(Tensor input) => input.atanh_();

    public static Tensor deg2rad(Tensor input) => input.deg2rad();

    public static Tensor deg2rad_(Tensor input) => input.deg2rad_();

    public static Tensor rad2deg(Tensor input) => input.rad2deg();

    public static Tensor rad2deg_(Tensor input) => input.rad2deg_();

    public static Tensor arcsin(Tensor input) => input.asin();

    public static Tensor arccos(Tensor input) => input.acos();

    public static Tensor arctan(Tensor input) => input.atan();

    private static partial class Aten
    {
        internal static readonly Op sin = new("aten::sin");
        internal static readonly Op sin_ = new("aten::sin_");
        internal static readonly Op cos = new("aten::cos");
        internal static readonly Op cos_ = new("aten::cos_");
        internal static readonly Op tan = new("aten::tan");
        internal static readonly Op tan_ = new("aten::tan_");
        internal static readonly Op asin = new("aten::asin");
        internal static readonly Op asin_ = new("aten::asin_");
        internal static readonly Op acos = new("aten::acos");
        internal static readonly Op acos_ = new("aten::acos_");
        internal static readonly Op atan = new("aten::atan");
        internal static readonly Op atan_ = new("aten::atan_");
        internal static readonly Op sinh = new("aten::sinh");
        internal static readonly Op sinh_ = new("aten::sinh_");
        internal static readonly Op cosh = new("aten::cosh");
        internal static readonly Op cosh_ = new("aten::cosh_");
        internal static readonly Op tanh = new("aten::tanh");
        internal static readonly Op tanh_ = new("aten::tanh_");
        internal static readonly Op asinh = new("aten::asinh");
        internal static readonly Op asinh_ = new("aten::asinh_");
        internal static readonly Op acosh = new("aten::acosh");
        internal static readonly Op acosh_ = new("aten::acosh_");
        internal static readonly Op atanh = new("aten::atanh");
        internal static readonly Op atanh_ = new("aten::atanh_");
        internal static readonly Op deg2rad = new("aten::deg2rad");
        internal static readonly Op deg2rad_ = new("aten::deg2rad_");
        internal static readonly Op rad2deg = new("aten::rad2deg");
        internal static readonly Op rad2deg_ = new("aten::rad2deg_");
    }

    public partial class Tensor
    {
        public Tensor sin() => Aten.sin.Call(this);

        public Tensor sin_() => In(Aten.sin_, this);

        public Tensor cos() => Aten.cos.Call(this);

        public Tensor cos_() => In(Aten.cos_, this);

        public Tensor tan() => Aten.tan.Call(this);

        public Tensor tan_() => In(Aten.tan_, this);

        public Tensor asin() => Aten.asin.Call(this);

        public Tensor asin_() => In(Aten.asin_, this);

        public Tensor acos() => Aten.acos.Call(this);

        public Tensor acos_() => In(Aten.acos_, this);

        public Tensor atan() => Aten.atan.Call(this);

        public Tensor atan_() => In(Aten.atan_, this);

        public Tensor sinh() => Aten.sinh.Call(this);

        public Tensor sinh_() => In(Aten.sinh_, this);

        public Tensor cosh() => Aten.cosh.Call(this);

        public Tensor cosh_() => In(Aten.cosh_, this);

        public Tensor tanh() => Aten.tanh.Call(this);

        public Tensor tanh_() => In(Aten.tanh_, this);

        public Tensor asinh() => Aten.asinh.Call(this);

        public Tensor asinh_() => In(Aten.asinh_, this);

        public Tensor acosh() => Aten.acosh.Call(this);

        public Tensor acosh_() => In(Aten.acosh_, this);

        public Tensor atanh() => Aten.atanh.Call(this);

        public Tensor atanh_() => In(Aten.atanh_, this);

        public Tensor deg2rad() => Aten.deg2rad.Call(this);

        public Tensor deg2rad_() => In(Aten.deg2rad_, this);

        public Tensor rad2deg() => Aten.rad2deg.Call(this);

        public Tensor rad2deg_() => In(Aten.rad2deg_, this);

        public Tensor arcsin() => asin();

        public Tensor arccos() => acos();

        public Tensor arctan() => atan();
    }
}
