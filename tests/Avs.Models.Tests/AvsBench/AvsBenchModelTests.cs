using Avs.Models.AvsBench;
using Avs.Models.Fusion;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests.AvsBench;

public class AvsBenchModelTests
{
    private const int Frames = 2, Size = 64;

    private static readonly AvsBenchConfig Small = new() { Backbone = "small_residual", Channels = 8, AudioChannels = 6 };

    public static TheoryData<TpaviAttention, int[]> Choices => new()
    {
        { TpaviAttention.Sound, [0, 1, 2, 3] },
        { TpaviAttention.Picture, [0, 1, 2, 3] },
        { TpaviAttention.SoundAndPicture, [0, 1, 2, 3] },
        { TpaviAttention.Sound, [3] },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void Gradient_reaches_every_parameter_but_those_called_unused(TpaviAttention attention, int[] stages)
    {
        using var scope = NewDisposeScope();
        using var model = Given.Filled(new AvsBenchModel(Small with { Attention = attention, TpaviStages = stages }));
        var output = Answer(model, Input());
        // The returned audio vectors are part of the objective.
        var sum = output.Logits.square().sum();
        foreach (var audio in output.Audio)
            sum = sum + audio.square().sum();
        sum.backward();
        foreach (var (name, parameter) in model.named_parameters())
            Assert.True(parameter.grad is not null != model.IsUnused(name), name);
    }

    [Fact]
    public void Second_branch_of_the_release_is_unused()
    {
        using var model = new AvsBenchModel(new AvsBenchConfig { UnusedBranch = true, Channels = 8 });
        Assert.Equal(22_063_104, model.named_parameters().Where(entry => entry.name.StartsWith("resnet.") && model.IsUnused(entry.name))
            .Sum(entry => entry.parameter.numel()));
        Assert.True(model.IsUnused("resnet.layer4_2.2.bn3.weight"));
        Assert.False(model.IsUnused("resnet.layer4_1.2.bn3.weight"));
    }

    [Fact]
    public void Returned_maps_are_never_negative_and_half_of_them_zero()
    {
        using var scope = NewDisposeScope();
        using var model = Given.Filled(new AvsBenchModel(Small));
        foreach (var map in Answer(model, Input()).Visual)
        {
            Assert.Equal(0, map.min().item<float>());
            Assert.InRange((map == 0).to(ScalarType.Float32).mean().item<float>(), 0.2f, 0.8f);
        }
    }

    [Fact]
    public void Forward_hooks_see_the_maps_that_lead_to_the_output()
    {
        using var scope = NewDisposeScope();
        using var model = Given.Filled(new AvsBenchModel(Small));
        model.eval();
        var parts = model.named_children().ToDictionary(child => child.name, child => child.module);
        var seen = new List<Tensor>();
        for (var i = 1; i <= 4; i++)
        {
            var block = (nn.Module<Tensor, Tensor?, ClipFrames, AvsBenchTpavi.Result>)parts[$"tpavi_b{i}"];
            block.register_forward_hook((_, _, _, _, result) =>
            {
                seen.Add(nn.functional.relu(result.Visual).DetachFromDisposeScope());
                return result;
            });
        }
        var output = Answer(model, Input());
        Assert.Equal(4, seen.Count);
        foreach (var (map, expected) in seen.Zip(output.Visual))
            Assert.Equal(0, Given.Distance(map, expected));
        seen.ForEach(map => map.Dispose());
    }

    [Fact]
    public void Sound_changes_the_output_only_where_the_network_attends_to_it()
    {
        using var scope = NewDisposeScope();
        double Change(TpaviAttention attention)
        {
            using var model = Given.Filled(new AvsBenchModel(Small with { Attention = attention }));
            model.eval();
            return Given.Distance(model.call(Input()).Logits, model.call(Input() with { AudioEmbedding = -Audio() }).Logits);
        }

        Assert.True(Change(TpaviAttention.Sound) > 0);
        Assert.Equal(0, Change(TpaviAttention.Picture));
    }

    [Fact]
    public void Step_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        using var model = new AvsBenchModel(Small);
        var input = Input() with { Masks = Given.Masks(3, Frames, 1, Size, Size) };
        void Step()
        {
            using var inner = NewDisposeScope();
            var terms = AvsBenchObjective.MS3.Compute(model.call(input), input);
            terms.Total.backward();
            model.zero_grad();
        }

        LiveTensors.AssertSteady(Step);
    }

    [Fact]
    public void Picture_shared_by_two_clips_gives_what_two_pictures_give()
    {
        using var scope = NewDisposeScope();
        using var model = Given.Filled(new AvsBenchModel(Small));
        var sound = Given.Uniform(2, 0, 1, 2 * Frames, 6);
        var input = new AvsInput(Images().repeat(2, 1, 1, 1), null, Frames) { AudioEmbedding = sound };
        model.eval();
        var twice = model.call(input).Logits;
        Assert.True(Given.Distance(twice, model.call(input with { ClipsPerPicture = 2 }).Logits) < 1e-5);
    }

    [Fact]
    public void Without_latent_codes_there_is_one_answer_however_many_draws_are_wanted()
    {
        using var scope = NewDisposeScope();
        using var model = Given.Filled(new AvsBenchModel(Small));
        model.eval();
        var prediction = model.Sample(Input(), 3);
        Assert.Equal(0, Given.Distance(prediction.Logits, model.call(Input()).Logits));
        Assert.Null(prediction.Variance);
    }

    private static AvsBenchOutput Answer(AvsBenchModel model, AvsInput input) => (AvsBenchOutput)model.call(input);

    private static AvsInput Input() => new(Images(), null, Frames) { AudioEmbedding = Audio() };

    private static Tensor Images() => Given.Uniform(1, -2, 2, Frames, 3, Size, Size);

    private static Tensor Audio() => Given.Uniform(2, 0, 1, Frames, 6);
}
