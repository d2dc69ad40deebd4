using Avs.Core.Libtorch;
using Avs.Eval.Reports;
using Avs.Models.Vae.Autoencoders;
using Avs.Train.Runs;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>A model that learns from examples in memory, as far as one family differs from another.</summary>
internal interface IExampleModel
{
    nn.Module Network { get; }

    /// <summary>The preset.</summary>
    string Name { get; }

    /// <summary>What codes it has: `20 dimensions`.</summary>
    string Codes { get; }

    /// <summary>What an example is, in the plural: `images`.</summary>
    string Unit { get; }

    /// <summary>What an example is made of: `1x28x28`.</summary>
    string Shape { get; }

    /// <summary>What is done to examples before the network sees them: the name of the generator that it draws from.</summary>
    string Changes { get; }

    ExampleCounts Counts { get; }

    /// <summary>See <see cref="ITrainingTask{TBatch}.Plots"/>.</summary>
    IReadOnlyList<RunPlot> Plots { get; }

    /// <summary>The objective of a batch.</summary>
    /// <param name="examples">Of each modality.</param>
    /// <param name="progress">How far the run is, from 0 to 1.</param>
    /// <param name="isTraining">Whether a step is taken, or examples are validated.</param>
    ObjectiveTerms Compute(IReadOnlyList<Tensor> examples, Draws draws, double progress, bool isTraining);

    /// <summary>Figures of a validation that follow from its means.</summary>
    IEnumerable<(string Name, double Value)> FollowFrom(IReadOnlyList<(string Name, double Value)> means) => [];

    /// <summary>What it has learned: a few words about it, and rows of pictures.</summary>
    /// <param name="shown">The validation examples to show.</param>
    /// <param name="validated">All that a validation looks at.</param>
    (string About, IReadOnlyList<SheetRow> Rows) Draw(long[] shown, long[] validated, Generator generator);
}

/// <summary>How many examples are looked at.</summary>
/// <param name="Batch">In a training step.</param>
/// <param name="Validated">In a validation; null: all.</param>
/// <param name="ValidationBatch">In a validation at once.</param>
internal sealed record ExampleCounts(int Batch, int? Validated, int ValidationBatch);

/// <summary>What is drawn from: codes, and what is done to examples.</summary>
internal sealed record Draws(Generator Latent, Generator Changes) : IDisposable
{
    public static Draws Create(long seed, string part, string changes) =>
        new(NamedGenerator.Create(seed, $"{part}/latent"), NamedGenerator.Create(seed, $"{part}/{changes}"));

    public void Dispose()
    {
        Latent.Dispose();
        Changes.Dispose();
    }
}
