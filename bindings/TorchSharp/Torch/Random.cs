namespace TorchSharp;

public static partial class torch
{
    private static partial class Aten
    {
        internal static readonly Op randint_low = new("aten::randint", "low");
        internal static readonly Op randint_low_generator = new("aten::randint", "low_generator");
        internal static readonly Op randperm = new("aten::randperm");
        internal static readonly Op randperm_generator = new("aten::randperm", "generator");
        internal static readonly Op bernoulli = new("aten::bernoulli");
        internal static readonly Op bernoulli_float = new("aten::bernoulli_", "float");
        internal static readonly Op bernoulli_Tensor = new("aten::bernoulli_", "Tensor");
        internal static readonly Op multinomial = new("aten::multinomial");
        internal static readonly Op poisson = new("aten::poisson");
        internal static readonly Op normal_Tensor_Tensor = new("aten::normal", "Tensor_Tensor");
        internal static readonly Op normal_ = new("aten::normal_");
        internal static readonly Op uniform_ = new("aten::uniform_");
        internal static readonly Op exponential_ = new("aten::exponential_");
        internal static readonly Op random_from = new("aten::random_", "from");
    }

    /// <summary>Seeds the generators of all devices; the numbers that follow are PyTorch's for that seed.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long seed() => random.seed();

    public static long initial_seed() => random.initial_seed();

    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    /// <summary>The generators that operators use when none is named.</summary>
    public static partial class random
    {
        public static Generator manual_seed(long seed)
        {
            Native.Check(Native.avs_manual_seed((ulong)seed));
            return Generator.Default;
        }

        public static long seed()
        {
            var chosen = Random.Shared.NextInt64();
            Native.Check(Native.avs_manual_seed((ulong)chosen));
            return chosen;
        }

        public static long initial_seed()
        {
            using var generator = Generator.Default;
            return generator.initial_seed();
        }

        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }

    public static Tensor randint(
        long low,
        long high,
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null) => Marked(
            generator is null
                ? Aten.randint_low.Call(low, high, size, dtype ?? ScalarType.Int64, Arg.None, device)
                : Aten.randint_low_generator.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, device),
            requires_grad);

    public static Tensor randint(
        long high,
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null) => randint(0, high, size, dtype, device, requires_grad, generator);

    public static Tensor randperm(
        long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) => Marked(
            generator is null
                ? Aten.randperm.Call(n, dtype ?? ScalarType.Int64, Arg.None, device)
                : Aten.randperm_generator.Call(n, generator, dtype ?? ScalarType.Int64, Arg.None, device),
            requires_grad);

    public static Tensor normal(Tensor mean, Tensor std, Generator? generator = null) =>
        Aten.normal_Tensor_Tensor.Call(mean, std, generator);

    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);

    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    public static Tensor poisson(Tensor input, Generator? generator = null) => input.poisson(generator);

    public partial class Tensor
    {
        public Tensor bernoulli(Generator? generator = null) => Aten.bernoulli.Call(this, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => In(Aten.bernoulli_float, this, p, generator);

        public Tensor bernoulli_(Tensor p, Generator? generator = null) => In(Aten.bernoulli_Tensor, this, p, generator);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Aten.multinomial.Call(this, num_samples, replacement, generator);

        public Tensor poisson(Generator? generator = null) => Aten.poisson.Call(this, generator);

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) =>
            In(Aten.normal_, this, mean, std, generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) => In(Aten.uniform_, this, from, to, generator);

        public Tensor exponential_(double lambda = 1.0, Generator? generator = null) => In(Aten.exponential_, this, lambda, generator);

        public Tensor random_(double from, double to, Generator? generator = null) =>
            In(Aten.random_from, this, (long)from, (long)to, generator);
    }
}
