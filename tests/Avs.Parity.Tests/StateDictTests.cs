using Avs.Models.Ecmvae;

namespace Avs.Parity.Tests;

public class StateDictTests
{
    [Fact]
    public void The_latent_model_has_the_entries_and_shapes_of_the_reference()
    {
        string[] lines = File.ReadAllLines(Path.Combine(ParityFolder.Path, "keys", "latent_model_ecmvae_img64_latent16_mi6.txt"));
        var expected = lines.Select(line => line.Split('\t')).Select(cells => $"{cells[0]} {cells[2]}").Order(StringComparer.Ordinal);
        using var model = LatentModel.Of(new EcmvaeConfig { ImageSize = 64 });
        var found = model.state_dict().Select(entry => $"{entry.Key} {(entry.Value.shape.Length == 0 ? "scalar" : string.Join('x', entry.Value.shape))}");
        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
    }
}
