using Avs.Core.Configuration;
using TorchSharp;

namespace Avs.Train.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainConfig
{
    /// <summary>Optimizer steps of the whole run.</summary>
    [AtLeast(1)] public int Steps { get; init; } = 10_000;

    /// <summary>Passes over the training data; where given it takes the place of <see cref="Steps"/>. ECMVAE: 15 (S4), 30 (MS3).</summary>
    [AtLeast(1)] public int? Epochs { get; init; }

    /// <summary>
    /// Most minutes that the run may take, validations included; null: no bound. A run that reaches it ends early, validated and saved,
    /// with its schedule unfinished: up to there it is what it would have been without the bound.
    /// </summary>
    [Above(0)] public double? Minutes { get; init; }

    public OptimizerConfig Optimizer { get; init; } = new();

    /// <summary>How the learning rate moves.</summary>
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>
    /// Batches that make a step: its gradient is the mean of theirs, so that only one of them is in memory at a time. Everything that
    /// counts steps (schedules, validations, logs, saves) counts these.
    /// </summary>
    [AtLeast(1)] public int Accumulate { get; init; } = 1;

    /// <summary>Ends a run whose validations have stopped getting better.</summary>
    public EarlyStoppingConfig EarlyStopping { get; init; } = new();

    /// <summary>Largest norm of the whole gradient; longer ones are scaled down to it. Null: no clipping, as the paper.</summary>
    [Above(0)] public double? ClipNorm { get; init; }

    /// <summary>Decay of the running average of the weights that is then evaluated and saved, e.g. 0.999; null: no average.</summary>
    [Between(0, 1)] public double? Ema { get; init; }

    /// <summary>
    /// Number format of the model's forward and backward pass. Weights, gradients, losses and the optimizer are float32 in either, as is
    /// every evaluation.
    /// </summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>
    /// Whether what is cheap to compute and large to keep (norms, activations, attention) is computed again in backward, where a network
    /// has such parts. False keeps it from forward: faster, in more memory.
    /// </summary>
    public bool Recompute { get; init; } = true;

    /// <summary>
    /// Copies of the model that compute parts of each batch at the same time and add up their gradients. Small models on a few processors
    /// train faster with a copy a processor and one thread each than with all threads in every operator. Copies get equal parts, so a last
    /// batch of an epoch that is not whole is then left out.
    /// </summary>
    [AtLeast(1)] public int Replicas { get; init; } = 1;

    /// <summary>
    /// Whether what depends on several samples at a time (the statistics of BatchNorms, ECMVAE's difference loss) sees the whole batch
    /// instead of each copy's or process's part of it. Null: where several processes train together (mpirun, --nproc), so that a run does
    /// not depend on how many.
    /// </summary>
    public bool? WholeBatch { get; init; }

    /// <summary>Threads of the tensor library (of each copy, where there are several); null leaves its own choice.</summary>
    [AtLeast(1)] public int? Threads { get; init; }

    /// <summary>Steps between two validations; null validates after every pass over the training data.</summary>
    [AtLeast(1)] public int? ValidateEvery { get; init; }

    /// <summary>Steps between two lines of `metrics.csv`.</summary>
    [AtLeast(1)] public int LogEvery { get; init; } = 10;

    /// <summary>Steps between two writes of the `last` checkpoint; null writes it with every validation and at the end.</summary>
    [AtLeast(1)] public int? SaveEvery { get; init; }

    /// <summary>How many of the best checkpoints are kept, by their validation scores; `best.safetensors` is the first of them.</summary>
    [AtLeast(1)] public int KeepBest { get; init; } = 3;

    /// <summary>
    /// How many steps in a row may be without effect because their loss or gradient is not a finite number; one more ends the run. The log
    /// names the samples of each.
    /// </summary>
    [AtLeast(0)] public int SkipBadSteps { get; init; } = 3;

    /// <summary>Whether figures, pictures and histograms of the weights are written for TensorBoard too.</summary>
    public bool Tensorboard { get; init; } = true;

    /// <summary>Sets <see cref="Threads"/>, which hold for the calling thread.</summary>
    public void ApplyThreads()
    {
        if (Threads is { } threads)
            torch.set_num_threads(threads);
    }
}

/// <summary>When a run ends before its steps are done because it no longer gets better.</summary>
public sealed record EarlyStoppingConfig
{
    /// <summary>Validations in a row without gain after which the run ends; null: it never does.</summary>
    [AtLeast(1)] public int? Patience { get; init; }

    /// <summary>How much the validation score must rise, above that of the last gain, to be a gain: by more than this.</summary>
    [AtLeast(0)] public double Least { get; init; }
}

/// <summary>Number formats of a training step.</summary>
public enum Precision
{
    /// <summary>32-bit floating point.</summary>
    Fp32,

    /// <summary>bfloat16 autocast: convolutions and matrix products of bfloat16 numbers. A processor must have AVX512_BF16.</summary>
    Bf16,
}

/// <summary>The known optimizers.</summary>
public enum OptimizerName
{
    /// <summary>Adam with weight decay apart from the gradient.</summary>
    Adamw,

    /// <summary>Adam; weight decay, if any, is added to the gradient.</summary>
    Adam,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,
}

/// <summary>An optimizer and its settings. The defaults are the paper's: Adam, 1e-4, no weight decay.</summary>
public sealed record OptimizerConfig
{
    public OptimizerName Name { get; init; } = OptimizerName.Adam;

    /// <summary>The largest learning rate of the schedule.</summary>
    [Above(0)] public double LearningRate { get; init; } = 1e-4;

    /// <summary>The learning rate of the backbone's parameters as a multiple of that of all others.</summary>
    [Above(0)] public double BackboneRate { get; init; } = 1;

    [AtLeast(0)] public double WeightDecay { get; init; }

    /// <summary>Whether weight decay leaves out one-dimensional parameters: biases and the weights of normalisations.</summary>
    public bool DecayMatricesOnly { get; init; }

    /// <summary>Decay of the running mean of gradients (Adam, AdamW); the momentum of SGD.</summary>
    [Between(0, 1)] public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of squared gradients (Adam, AdamW).</summary>
    [Between(0, 1)] public double Beta2 { get; init; } = 0.999;

    /// <summary>What keeps the division defined (Adam, AdamW).</summary>
    [Above(0)] public double Epsilon { get; init; } = 1e-8;
}

/// <summary>The known ways of a learning rate.</summary>
public enum ScheduleName
{
    /// <summary>Stays where it is.</summary>
    Constant,

    /// <summary>Half a cosine from the full rate down to the final one.</summary>
    Cosine,

    /// <summary>Multiplied by a factor every so many steps.</summary>
    Step,

    /// <summary>The full rate times (1 - step / steps)^power.</summary>
    Poly,
}

/// <summary>How the learning rate moves over the run: a linear warm-up, then one of the known ways.</summary>
public sealed record ScheduleConfig
{
    public ScheduleName Name { get; init; } = ScheduleName.Constant;

    /// <summary>Steps in which the rate rises linearly to its full value.</summary>
    [AtLeast(0)] public int WarmUpSteps { get; init; }

    /// <summary>The rate of the last step as a fraction of the full one (cosine).</summary>
    [Between(0, 1)] public double Final { get; init; }

    /// <summary>Steps between two falls (step).</summary>
    [AtLeast(1)] public int StepSize { get; init; } = 1_000;

    /// <summary>The factor of each fall (step).</summary>
    [Above(0)] public double Gamma { get; init; } = 0.1;

    /// <summary>The exponent (poly).</summary>
    [Above(0)] public double Power { get; init; } = 0.9;
}
