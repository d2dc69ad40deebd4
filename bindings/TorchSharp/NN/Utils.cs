using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            private static readonly Op s_foreachNorm = new("aten::_foreach_norm", "Scalar");
            private static readonly Op s_foreachMul = new("aten::_foreach_mul_", "Scalar");
            private static readonly Op s_norm = new("aten::norm", "Scalar");
            private static readonly Op s_stack = new("aten::stack");

            /// <summary>Scales the gradients, taken as one vector, to a norm of at most <paramref name="max_norm"/>.</summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var guard = no_grad();
                var gradients = Present(tensors);
                if (gradients.Length == 0)
                    return 0;
                double total;
                if (double.IsPositiveInfinity(norm_type))
                    total = gradients.Max(gradient => gradient.abs().max().item<float>());
                else
                    total = s_norm.Call(s_stack.Call(s_foreachNorm.CallMany(gradients, norm_type)), norm_type).to(ScalarType.Float64).item<double>();
                var factor = max_norm / (total + 1e-6);
                if (factor < 1)
                    s_foreachMul.Run(gradients, factor);
                return total;
            }

            /// <summary>Cuts the elements of the gradients off at plus and minus a value.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var scope = NewDisposeScope();
                using var guard = no_grad();
                foreach (var gradient in Present(tensors))
                    gradient.clamp_(-clip_value, clip_value);
            }

            /// <summary>All elements of all parameters in one row.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                return cat([.. tensors.Select(tensor => tensor.reshape(-1))]).MoveToOuterDisposeScope();
            }

            /// <summary>The elements of one row back into the parameters.</summary>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                using var guard = no_grad();
                var start = 0L;
                foreach (var tensor in tensors)
                {
                    var count = tensor.numel();
                    tensor.copy_(vec.narrow(0, start, count).reshape(tensor.shape));
                    start += count;
                }
            }

            private static Tensor[] Present(IEnumerable<Parameter> tensors) =>
                [.. tensors.Select(tensor => tensor.grad).OfType<Tensor>()];
        }
    }
}
