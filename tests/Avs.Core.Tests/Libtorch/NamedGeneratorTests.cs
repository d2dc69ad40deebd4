using Avs.Core.Libtorch;
using static TorchSharp.torch;

namespace Avs.Core.Tests.Libtorch;

[Collection(Alone.Name)] // others seed the default generator
public class NamedGeneratorTests
{
    [Fact]
    public async Task What_is_drawn_from_the_default_generator_follows_from_the_seed_whatever_other_threads_draw_meanwhile()
    {
        Task<float[]>? other = null;

        var drawn = NamedGenerator.DrawFromDefault(1, "weights", () =>
        {
            var first = Draw();
            other = Task.Run(() => NamedGenerator.DrawFromDefault(2, "weights", Draw));
            Assert.False(other.Wait(TimeSpan.FromMilliseconds(100)));
            return (float[])[.. first, .. Draw()];
        });

        Assert.Equal(NamedGenerator.DrawFromDefault(1, "weights", () => (float[])[.. Draw(), .. Draw()]), drawn);
        Assert.Equal(NamedGenerator.DrawFromDefault(2, "weights", Draw), await other!);
    }

    private static float[] Draw()
    {
        using var values = rand(3);
        return values.data<float>().ToArray();
    }
}
