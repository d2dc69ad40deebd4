using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>First values for parameters. Each function fills the tensor in place, unrecorded by autograd, and returns it.</summary>
        public static partial class init
        {
            private static readonly Op s_uniform = new("aten::uniform_");
            private static readonly Op s_normal = new("aten::normal_");
            private static readonly Op s_fill = new("aten::fill_", "Scalar");

            public enum NonlinearityType
            {
                Linear = 0,
                Conv1D = 1,
                Conv2D = 2,
                Conv3D = 3,
                ConvTranspose1D = 4,
                ConvTranspose2D = 5,
                ConvTranspose3D = 6,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            /// <summary>The factor that keeps the variance through a non-linearity; <paramref name="param"/>: the leaky slope.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + (param * param))),
                _ => 1,
            };

            /// <summary>How many numbers feed one output, and how many outputs one input feeds.</summary>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException($"a tensor of {shape.Length} dimensions has no fan-in: 2 or more are needed");
                var field = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                return (shape[1] * field, shape[0] * field);
            }

            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var guard = no_grad();
                s_fill.Run(tensor, val);
                return tensor;
            }

            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using var guard = no_grad();
                s_uniform.Run(tensor, low, high, generator);
                return tensor;
            }

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using var guard = no_grad();
                s_normal.Run(tensor, mean, std, generator);
                return tensor;
            }

            /// <summary>Normal numbers cut off at <paramref name="a"/> and <paramref name="b"/>, by the inverse distribution function.</summary>
            public static Tensor trunc_normal_(Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0,
                Generator? generator = null)
            {
                using var guard = no_grad();
                var low = 0.5 * (1 + Erf((a - mean) / std / Math.Sqrt(2)));
                var high = 0.5 * (1 + Erf((b - mean) / std / Math.Sqrt(2)));
                s_uniform.Run(tensor, (2 * low) - 1, (2 * high) - 1, generator);
                tensor.erfinv_();
                tensor.mul_(std * Math.Sqrt(2));
                tensor.add_(mean);
                tensor.clamp_(a, b);
                return tensor;
            }

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var bound = Math.Sqrt(3) * XavierDeviation(tensor, gain);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0) => normal_(tensor, 0, XavierDeviation(tensor, gain));

            public static Tensor glorot_uniform_(Tensor tensor, double gain = 1.0) => xavier_uniform_(tensor, gain);

            public static Tensor glorot_normal_(Tensor tensor, double gain = 1.0) => xavier_normal_(tensor, gain);

            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>Orthonormal rows (or columns, where there are more rows), the tensor seen as a matrix of its first dimension.</summary>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1.0)
            {
                using var scope = NewDisposeScope();
                using var guard = no_grad();
                var rows = tensor.shape[0];
                var columns = tensor.numel() / rows;
                var flat = empty([rows, columns], dtype: tensor.dtype, device: tensor.device);
                s_normal.Run(flat, 0.0, 1.0);
                if (rows < columns)
                    flat = flat.t();
                var factors = s_qr.CallMany(flat, "reduced");
                var q = factors[0] * factors[1].diagonal().sign(); // signs of R's diagonal make the choice of Q unique
                if (rows < columns)
                    q = q.t();
                tensor.copy_(q.reshape(tensor.shape));
                tensor.mul_(gain);
                return tensor;
            }

            /// <summary>The identity matrix.</summary>
            public static Tensor eye_(Tensor tensor)
            {
                using var guard = no_grad();
                zeros_(tensor);
                using var diagonal = tensor.diagonal();
                diagonal.fill_(1);
                return tensor;
            }

            /// <summary>PyTorch's first values of linear layers and convolutions.</summary>
            internal static void ResetLinear(Parameter weight, Parameter? bias)
            {
                kaiming_uniform_(weight, Math.Sqrt(5));
                if (bias is null)
                    return;
                var (fanIn, _) = CalculateFanInAndFanOut(weight);
                var bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
                uniform_(bias, -bound, bound);
            }

            private static readonly Op s_qr = new("aten::linalg_qr");

            private static double XavierDeviation(Tensor tensor, double gain)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            private static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static double Erf(double x)
            {
                using var value = tensor(x, dtype: ScalarType.Float64);
                using var result = value.erf();
                return result.item<double>();
            }
        }
    }
}
