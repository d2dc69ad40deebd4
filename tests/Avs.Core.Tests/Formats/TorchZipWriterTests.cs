using System.Diagnostics;
using Avs.Core.Formats;
using Avs.Core.Formats.Pickle;

namespace Avs.Core.Tests.Formats;

public sealed class TorchZipWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("torchzip").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static (string Name, NumberArray Value)[] Everything =>
    [
        .. Enum.GetValues<ElementType>().Select((type, i) =>
            ($"t.{type}",
                new NumberArray(type, [2, 3], Enumerable.Range(i, type.SizeOf() * 6)
                .Select(b => type == ElementType.Bool ? (byte)(b % 2) : (byte)b).ToArray()))),
        ("scalar", new NumberArray(ElementType.I64, [], BitConverter.GetBytes(-7L))),
        ("none", new NumberArray(ElementType.F32, [0, 4], ReadOnlyMemory<byte>.Empty)),
        ("naïve ✓", new NumberArray(ElementType.F64, [1], BitConverter.GetBytes(double.NaN))),
    ];

    [Fact]
    public void What_was_written_is_read_back()
    {
        var path = At("all.pth");
        TorchZipWriter.Write(path, Everything);
        using var file = PickledFile.Open(path);
        Assert.Equal(PickleContainer.Zip, file.Container);
        Assert.Equal(Everything.Select(entry => entry.Name), file.Tensors.Select(entry => entry.Name));
        foreach (var ((_, expected), (_, tensor)) in Everything.Zip(file.Tensors))
        {
            var found = tensor.Read();
            Assert.Equal(expected.Type, found.Type);
            Assert.Equal(expected.Shape, found.Shape);
            Assert.Equal(expected.Bytes.ToArray(), found.Bytes.ToArray());
        }
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes()
    {
        TorchZipWriter.Write(At("a.pth"), Everything);
        TorchZipWriter.Write(At("b.pth"), Everything);
        Assert.Equal(File.ReadAllBytes(At("a.pth")), File.ReadAllBytes(At("b.pth")));
    }

    [Fact]
    public void A_failed_write_leaves_the_older_file_and_nothing_else()
    {
        var path = At("kept.pth");
        TorchZipWriter.Write(path, Everything[..1]);
        var older = File.ReadAllBytes(path);
        Assert.Throws<ArgumentException>(() => TorchZipWriter.Write(path, [Everything[0], Everything[0]]));
        Assert.Equal(older, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(folder));
    }

    /// <summary>Asks the machine's own PyTorch, where it has one; where it has none there is nothing to ask.</summary>
    [Theory]
    [InlineData("False")]
    [InlineData("True")]
    [Trait("Speed", "Slow")]
    public void PyTorch_reads_what_was_written(string weightsOnly)
    {
        if (Python("import torch") is null)
            return;
        var path = At("peer.pth");
        TorchZipWriter.Write(path, Everything);
        var said = Python($"""
            import torch
            d = torch.load(r'{path}', weights_only={weightsOnly})
            for name, t in d.items():
                raw = t.contiguous().reshape(-1)
                raw = raw.view(torch.uint8) if raw.dtype != torch.bool else raw.to(torch.uint8)
                print(ascii(name), str(t.dtype), tuple(t.shape), bytes(raw.tolist()).hex())
            """);
        Assert.NotNull(said);
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Everything.Select(entry => Convert.ToHexString(entry.Value.Bytes.Span).ToLowerInvariant()),
            lines.Select(line => line.EndsWith(' ') ? "" : line.Split(' ')[^1]));
        Assert.StartsWith("'t.F64' torch.float64 (2, 3) ", lines[0]);
        Assert.StartsWith("'t.BF16' torch.bfloat16 (2, 3) ", lines[3]);
        Assert.StartsWith("'t.Bool' torch.bool (2, 3) ", lines[9]);
        Assert.StartsWith("'scalar' torch.int64 () ", lines[10]);
        Assert.StartsWith("'none' torch.float32 (0, 4)", lines[11]);
    }

    private string At(string name) => Path.Combine(folder, name);

    private static string? Python(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", program])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0 || error.Result.Contains("ModuleNotFoundError"), error.Result);
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
