namespace TorchSharp;

/// <summary>Where a discrete Fourier transform is divided by its length: on the way back, on the way there, or by the root both ways.</summary>
public enum FFTNormType
{
    Backward = 0,
    Forward = 1,
    Ortho = 2,
}

public static partial class torch
{
    private static partial class Aten
    {
        internal static readonly Op fft_fft = new("aten::fft_fft");
        internal static readonly Op fft_ifft = new("aten::fft_ifft");
        internal static readonly Op fft_rfft = new("aten::fft_rfft");
        internal static readonly Op fft_irfft = new("aten::fft_irfft");
        internal static readonly Op fft_rfft2 = new("aten::fft_rfft2");
        internal static readonly Op fft_irfft2 = new("aten::fft_irfft2");
        internal static readonly Op fft_fftshift = new("aten::fft_fftshift");
        internal static readonly Op fft_rfftfreq = new("aten::fft_rfftfreq");
        internal static readonly Op hann_window = new("aten::hann_window", "periodic");
        internal static readonly Op hamming_window = new("aten::hamming_window", "periodic");
    }

    public static Tensor hann_window(
        long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Marked(Aten.hann_window.Call(len, periodic, dtype, Arg.None, device), requires_grad);

    public static Tensor hamming_window(
        long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Marked(Aten.hamming_window.Call(len, periodic, dtype, Arg.None, device), requires_grad);

    /// <summary>Discrete Fourier transforms.</summary>
    public static partial class fft
    {
        public static Tensor fft_(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            Aten.fft_fft.Call(input, Length(n), dim, Name(norm));

        public static Tensor ifft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            Aten.fft_ifft.Call(input, Length(n), dim, Name(norm));

        public static Tensor rfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            Aten.fft_rfft.Call(input, Length(n), dim, Name(norm));

        public static Tensor irfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            Aten.fft_irfft.Call(input, Length(n), dim, Name(norm));

        public static Tensor rfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            Aten.fft_rfft2.Call(input, s, dim ?? [-2, -1], Name(norm));

        public static Tensor irfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            Aten.fft_irfft2.Call(input, s, dim ?? [-2, -1], Name(norm));

        public static Tensor fftshift(Tensor input, long[]? dim = null) => Aten.fft_fftshift.Call(input, dim);

        public static Tensor rfftfreq(
            long n, double d = 1.0, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Marked(Aten.fft_rfftfreq.Call(n, d, dtype, Arg.None, device), requires_grad);

        private static long? Length(long n) => n < 0 ? null : n;

        private static string Name(FFTNormType norm) => norm.ToString().ToLowerInvariant();
    }
}
