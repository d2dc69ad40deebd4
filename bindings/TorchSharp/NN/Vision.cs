using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public enum UpsampleMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
        Bicubic = 3,
        Trilinear = 4,
    }

    public enum InterpolationMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
        Bicubic = 3,
        Trilinear = 4,
        Area = 5,
        NearestExact = 6,
    }

    public enum GridSampleMode
    {
        Nearest = 0,
        Bilinear = 2,
    }

    public enum GridSamplePaddingMode
    {
        Zeros = 0,
        Reflection = 1,
        Border = 2,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            // Sizes and factors of the overload "vec" fit any number of dimensions; one of the two is null.
            private static readonly Op s_nearest1d = new("aten::upsample_nearest1d", "vec");
            private static readonly Op s_nearest2d = new("aten::upsample_nearest2d", "vec");
            private static readonly Op s_nearest3d = new("aten::upsample_nearest3d", "vec");
            private static readonly Op s_nearestExact1d = new("aten::_upsample_nearest_exact1d", "vec");
            private static readonly Op s_nearestExact2d = new("aten::_upsample_nearest_exact2d", "vec");
            private static readonly Op s_nearestExact3d = new("aten::_upsample_nearest_exact3d", "vec");
            private static readonly Op s_linear1d = new("aten::upsample_linear1d", "vec");
            private static readonly Op s_bilinear2d = new("aten::upsample_bilinear2d", "vec");
            private static readonly Op s_bicubic2d = new("aten::upsample_bicubic2d", "vec");
            private static readonly Op s_trilinear3d = new("aten::upsample_trilinear3d", "vec");
            private static readonly Op s_bilinear2dAntialias = new("aten::_upsample_bilinear2d_aa", "vec");
            private static readonly Op s_bicubic2dAntialias = new("aten::_upsample_bicubic2d_aa", "vec");
            private static readonly Op s_adaptiveAvgPool1d = new("aten::adaptive_avg_pool1d");
            private static readonly Op s_adaptiveAvgPool3d = new("aten::adaptive_avg_pool3d");
            private static readonly Op s_constantPad = new("aten::constant_pad_nd");
            private static readonly Op s_reflectionPad1d = new("aten::reflection_pad1d");
            private static readonly Op s_reflectionPad2d = new("aten::reflection_pad2d");
            private static readonly Op s_reflectionPad3d = new("aten::reflection_pad3d");
            private static readonly Op s_replicationPad1d = new("aten::replication_pad1d");
            private static readonly Op s_replicationPad2d = new("aten::replication_pad2d");
            private static readonly Op s_replicationPad3d = new("aten::replication_pad3d");
            private static readonly Op s_circularPad = new("aten::_pad_circular");
            private static readonly Op s_gridSampler = new("aten::grid_sampler");
            private static readonly Op s_affineGrid = new("aten::affine_grid_generator");

            /// <summary>
            /// Resizes [N, C, spatial…] to a size or by factors (one for all dimensions, or one each).
            /// With <paramref name="recompute_scale_factor"/> the factors are those of the rounded size.
            /// </summary>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                var dimensions = (int)x.dim() - 2;
                if (dimensions is < 1 or > 3)
                    throw new ArgumentException($"interpolate takes inputs of 3 to 5 dimensions, not {dimensions + 2}");
                if (size is null == scale_factor is null)
                    throw new ArgumentException("interpolate takes either a size or scale factors");
                size = Spread(size, dimensions, nameof(size));
                scale_factor = Spread(scale_factor, dimensions, nameof(scale_factor));
                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    var shape = x.shape;
                    size = [.. scale_factor.Select((factor, i) => (long)Math.Floor(shape[i + 2] * factor))];
                    scale_factor = null;
                }

                var interpolates = mode is InterpolationMode.Linear or InterpolationMode.Bilinear or InterpolationMode.Bicubic or InterpolationMode.Trilinear;
                if (align_corners is not null && !interpolates)
                    throw new ArgumentException($"align_corners has no meaning for {mode}");
                if (antialias && mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
                    throw new ArgumentException($"antialias is for Bilinear and Bicubic, not {mode}");
                var aligned = align_corners ?? false;
                // In bfloat16 libtorch enlarges maps on the CPU at a seventh of the speed.
                using var cast = interpolates ? Autocast.InFloat32(x) : null;
                x = cast ?? x;
                return (mode, dimensions) switch
                {
                    (InterpolationMode.Nearest, 1) => s_nearest1d.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 2) => s_nearest2d.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 3) => s_nearest3d.Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, 1) => s_nearestExact1d.Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, 2) => s_nearestExact2d.Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, 3) => s_nearestExact3d.Call(x, size, scale_factor),
                    (InterpolationMode.Linear, 1) => s_linear1d.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Bilinear, 2) => (antialias ? s_bilinear2dAntialias : s_bilinear2d).Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Bicubic, 2) => (antialias ? s_bicubic2dAntialias : s_bicubic2d).Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Trilinear, 3) => s_trilinear3d.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Area, 1) => s_adaptiveAvgPool1d.Call(x, size),
                    (InterpolationMode.Area, 2) => s_adaptiveAvgPool2d.Call(x, size),
                    (InterpolationMode.Area, 3) => s_adaptiveAvgPool3d.Call(x, size),
                    _ => throw new ArgumentException($"{mode} does not fit an input of {dimensions + 2} dimensions"),
                };
            }

            public static Tensor upsample(Tensor input, long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest,
                bool align_corners = false) =>
                interpolate(input, size, scale_factor, (InterpolationMode)mode, mode == UpsampleMode.Nearest ? null : align_corners);

            /// <summary>Adds to the edges; <paramref name="pad"/> is (before, after) of the last dimension, then of the one before, …</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => (mode, pad.Length) switch
            {
                (PaddingModes.Constant or PaddingModes.Zeros, _) => s_constantPad.Call(input, pad, value),
                (PaddingModes.Reflect, 2) => s_reflectionPad1d.Call(input, pad),
                (PaddingModes.Reflect, 4) => s_reflectionPad2d.Call(input, pad),
                (PaddingModes.Reflect, 6) => s_reflectionPad3d.Call(input, pad),
                (PaddingModes.Replicate, 2) => s_replicationPad1d.Call(input, pad),
                (PaddingModes.Replicate, 4) => s_replicationPad2d.Call(input, pad),
                (PaddingModes.Replicate, 6) => s_replicationPad3d.Call(input, pad),
                (PaddingModes.Circular, _) => s_circularPad.Call(input, pad),
                _ => throw new ArgumentException($"{mode} padding takes 2, 4 or 6 numbers, not {pad.Length}"),
            };

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, pad.ToArray(), mode, value);

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, Lists.Of(pad), mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>The same padding on both sides of the last dimension.</summary>
            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad, pad], mode, value);

            /// <summary>Reads [N, C, H, W] at places given as (x, y) in -1…1: grid [N, h, w, 2] -> [N, C, h, w].</summary>
            public static Tensor grid_sample(Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                var kernel = mode == GridSampleMode.Bilinear ? 0 : 1;
                var outside = padding_mode switch
                {
                    GridSamplePaddingMode.Border => 1,
                    GridSamplePaddingMode.Reflection => 2,
                    _ => 0,
                };
                return s_gridSampler.Call(input, grid, kernel, outside, align_corners ?? false);
            }

            /// <summary>The grid of an affine map: theta [N, 2, 3], size [N, C, H, W] -> [N, H, W, 2].</summary>
            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false) =>
                s_affineGrid.Call(theta, size ?? throw new ArgumentNullException(nameof(size)), align_corners);

            private static T[]? Spread<T>(T[]? values, int dimensions, string name)
            {
                if (values is null || values.Length == dimensions)
                    return values;
                return values.Length == 1
                    ? [.. Enumerable.Repeat(values[0], dimensions)]
                    : throw new ArgumentException($"interpolate: {name} has {values.Length} numbers where 1 or {dimensions} are wanted");
            }
        }
    }
}
