namespace TorchSharp;

public static partial class torch
{
    /// <summary>A stream of random numbers with a state of its own; the same seed gives the numbers that PyTorch's generator gives.</summary>
    public class Generator : IDisposable
    {
        private IntPtr _handle;

        /// <summary>A new generator.</summary>
        /// <param name="seed">Its first seed.</param>
        /// <param name="device">The device whose tensors it fills.</param>
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            Native.Check(Native.avs_generator_new((int)this.device.type, this.device.index, seed, out _handle));
        }

        private Generator(IntPtr handle)
        {
            device = CPU;
            _handle = handle;
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that operators use when none is named.</summary>
        public static Generator Default
        {
            get
            {
                Native.Check(Native.avs_generator_default((int)DeviceType.CPU, -1, out var handle));
                return new Generator(handle);
            }
        }

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Device device { get; }

        /// <summary>The state as bytes; <see cref="set_state"/> of it repeats the numbers that come next.</summary>
        public Tensor get_state()
        {
            Native.Check(Native.avs_generator_state(Handle, out var state));
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            Native.Check(Native.avs_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
        }

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.avs_generator_seed(Handle, (ulong)seed));
            return this;
        }

        /// <summary>Seeds from the system's randomness and returns the seed.</summary>
        public long seed()
        {
            var chosen = Random.Shared.NextInt64();
            manual_seed(chosen);
            return chosen;
        }

        public long initial_seed()
        {
            Native.Check(Native.avs_generator_initial_seed(Handle, out var seed));
            return (long)seed;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
                Native.avs_generator_free(handle);
        }
    }
}
