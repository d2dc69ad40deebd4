namespace TorchSharp;

// Matrix products and what is made of them.
public static partial class torch
{
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);

    public static Tensor bmm(Tensor input, Tensor target) => input.bmm(target);

    public static Tensor mv(Tensor input, Tensor target) => input.mv(target);

    public static Tensor dot(Tensor input, Tensor target) => input.dot(target);

    public static Tensor vdot(Tensor input, Tensor target) => input.vdot(target);

    public static Tensor inner(Tensor input, Tensor target) => input.inner(target);

    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);

    public static Tensor kron(Tensor input, Tensor other) => input.kron(other);

    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => input.addmm(mat1, mat2, beta, alpha);

    public static Tensor addmv(Tensor input, Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => input.addmv(mat, vec, beta, alpha);

    public static Tensor addr(Tensor input, Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => input.addr(vec1, vec2, beta, alpha);

    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.baddbmm(batch1, batch2, beta, alpha);

    public static Tensor addbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.addbmm(batch1, batch2, beta, alpha);

    public static Tensor det(Tensor input) => input.det();

    public static Tensor logdet(Tensor input) => input.logdet();

    public static Tensor inverse(Tensor input) => input.inverse();

    public static Tensor matrix_power(Tensor input, int n) => input.matrix_power(n);

    public static Tensor tensordot(Tensor a, Tensor b, long[] dims1, long[] dims2) => a.tensordot(b, dims1, dims2);

    public static Tensor einsum(string equation, params Tensor[] tensors) => Aten.einsum.Call(equation, tensors);

    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2.0) => Aten.cdist.Call(x1, x2, p);

    private static partial class Aten
    {
        internal static readonly Op matmul = new("aten::matmul");
        internal static readonly Op mm = new("aten::mm");
        internal static readonly Op bmm = new("aten::bmm");
        internal static readonly Op mv = new("aten::mv");
        internal static readonly Op dot = new("aten::dot");
        internal static readonly Op vdot = new("aten::vdot");
        internal static readonly Op inner = new("aten::inner");
        internal static readonly Op outer = new("aten::outer");
        internal static readonly Op kron = new("aten::kron");
        internal static readonly Op addmm = new("aten::addmm");
        internal static readonly Op addmm_ = new("aten::addmm_");
        internal static readonly Op addmv = new("aten::addmv");
        internal static readonly Op addmv_ = new("aten::addmv_");
        internal static readonly Op addr = new("aten::addr");
        internal static readonly Op addr_ = new("aten::addr_");
        internal static readonly Op baddbmm = new("aten::baddbmm");
        internal static readonly Op baddbmm_ = new("aten::baddbmm_");
        internal static readonly Op addbmm = new("aten::addbmm");
        internal static readonly Op addbmm_ = new("aten::addbmm_");
        internal static readonly Op det = new("aten::det");
        internal static readonly Op logdet = new("aten::logdet");
        internal static readonly Op inverse = new("aten::inverse");
        internal static readonly Op matrix_power = new("aten::matrix_power");
        internal static readonly Op tensordot = new("aten::tensordot");
        internal static readonly Op einsum = new("aten::einsum");
        internal static readonly Op cdist = new("aten::cdist");
    }

    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Aten.matmul.Call(this, target);

        public Tensor mm(Tensor target) => Aten.mm.Call(this, target);

        public Tensor bmm(Tensor target) => Aten.bmm.Call(this, target);

        public Tensor mv(Tensor target) => Aten.mv.Call(this, target);

        public Tensor dot(Tensor target) => Aten.dot.Call(this, target);

        public Tensor vdot(Tensor target) => Aten.vdot.Call(this, target);

        public Tensor inner(Tensor target) => Aten.inner.Call(this, target);

        public Tensor outer(Tensor vec2) => Aten.outer.Call(this, vec2);

        public Tensor kron(Tensor other) => Aten.kron.Call(this, other);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Aten.addmm.Call(this, mat1, mat2, beta, alpha);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => In(Aten.addmm_, this, mat1, mat2, beta, alpha);

        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => Aten.addmv.Call(this, mat, vec, beta, alpha);

        public Tensor addmv_(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => In(Aten.addmv_, this, mat, vec, beta, alpha);

        public Tensor addr(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => Aten.addr.Call(this, vec1, vec2, beta, alpha);

        public Tensor addr_(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => In(Aten.addr_, this, vec1, vec2, beta, alpha);

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Aten.baddbmm.Call(this, batch1, batch2, beta, alpha);

        public Tensor baddbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => In(Aten.baddbmm_, this, batch1, batch2, beta, alpha);

        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Aten.addbmm.Call(this, batch1, batch2, beta, alpha);

        public Tensor addbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => In(Aten.addbmm_, this, batch1, batch2, beta, alpha);

        public Tensor det() => Aten.det.Call(this);

        public Tensor logdet() => Aten.logdet.Call(this);

        public Tensor inverse() => Aten.inverse.Call(this);

        public Tensor matrix_power(int n) => Aten.matrix_power.Call(this, n);

        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => Aten.tensordot.Call(this, b, dims1, dims2);
    }
}
