namespace TorchSharp;

public static partial class torch
{
    private static partial class Aten
    {
        internal static readonly Op linalg_norm = new("aten::linalg_norm");
        internal static readonly Op linalg_vector_norm = new("aten::linalg_vector_norm");
        internal static readonly Op linalg_inv = new("aten::linalg_inv");
        internal static readonly Op linalg_det = new("aten::linalg_det");
        internal static readonly Op linalg_solve = new("aten::linalg_solve");
    }

    /// <summary>Matrices and norms.</summary>
    public static partial class linalg
    {
        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) =>
            Aten.linalg_norm.Call(input, Arg.None, dims, keepdim);

        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) =>
            Aten.linalg_norm.Call(input, ord, dims, keepdim);

        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) =>
            Aten.linalg_vector_norm.Call(input, ord, dims, keepdim);

        public static Tensor inv(Tensor input) => Aten.linalg_inv.Call(input);

        public static Tensor det(Tensor input) => Aten.linalg_det.Call(input);

        public static Tensor solve(Tensor A, Tensor B) => Aten.linalg_solve.Call(A, B);
    }
}
