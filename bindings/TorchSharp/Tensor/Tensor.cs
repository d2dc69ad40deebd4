using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. The native tensor is counted: it is let go by <see cref="Dispose()"/>, by the end of the
    /// <see cref="DisposeScope"/> that was open when it was made, or, failing both, by the garbage collector.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long s_totalCount;
        private static long s_peakCount;

        private IntPtr _handle;
        private readonly long _pressure; // bytes that the collector was told of, so that large tensors forgotten outside every scope make it run

        /// <summary>Takes over a native reference.</summary>
        internal Tensor(IntPtr handle, long largeBytes = 0)
        {
            _handle = handle;
            var live = Interlocked.Increment(ref s_totalCount);
            if (live > s_peakCount)
                s_peakCount = live;
            DisposeScopeManager.ThreadSingleton.Created(this);
            if (largeBytes == 0 || OwningScope is not null)
                return;
            _pressure = largeBytes;
            GC.AddMemoryPressure(largeBytes);
        }

        ~Tensor() => Release();

        /// <summary>How many tensors are alive in the process.</summary>
        public static long TotalCount => Interlocked.Read(ref s_totalCount);

        /// <summary>The most that were ever alive at once (approximate where threads race).</summary>
        public static long PeakCount => Interlocked.Read(ref s_peakCount);

        /// <summary>Whether the tensor was let go.</summary>
        public bool IsInvalid => _handle == 0;

        /// <summary>The native tensor. Throws when it was let go.</summary>
        public IntPtr Handle
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => _handle != 0 ? _handle : ThrowDisposed();
        }

        /// <summary>The scope that will dispose this tensor, and its neighbours in that scope's list.</summary>
        internal DisposeScope? OwningScope { get; set; }

        internal Tensor? NextInScope { get; set; }

        internal Tensor? PreviousInScope { get; set; }

        public void Dispose()
        {
            if (_handle != 0)
                DisposeScopeManager.ThreadSingleton.Disposing(this);
            Release();
            GC.SuppressFinalize(this);
        }

        private static IntPtr ThrowDisposed() => throw new ObjectDisposedException(nameof(Tensor), "the tensor was disposed");

        private void Release()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
                return;
            Interlocked.Decrement(ref s_totalCount);
            Native.avs_tensor_free(handle);
            if (_pressure > 0)
                GC.RemoveMemoryPressure(_pressure);
        }
    }
}
