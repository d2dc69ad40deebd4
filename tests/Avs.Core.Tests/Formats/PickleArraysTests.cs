using Avs.Core.Formats;
using Avs.Core.Formats.Pickle;

namespace Avs.Core.Tests.Formats;

/// <summary>Pickles that Python wrote.</summary>
public sealed class PickleArraysTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    // pickle.dumps(torch.arange(6.).view(3, 2).t(), protocol=p), PyTorch 1.13
    [Theory]
    [InlineData("gAJjdG9yY2guX3V0aWxzCl9yZWJ1aWxkX3RlbnNvcl92MgpxAChjdG9yY2guc3RvcmFnZQpfbG9hZF9mcm9tX2J5dGVzCnEBY19jb2RlY3MKZW5jb2RlCnECWBkBAADCgALCigpsw7zCnEbDuSBqwqhQGS7CgAJNw6kDLsKAAn1xAChYEAAAAHByb3RvY29sX3ZlcnNpb25xAU3DqQNYDQAAAGxpdHRsZV9lbmRpYW5xAsKIWAoAAAB0eXBlX3NpemVzcQN9cQQoWAUAAABzaG9ydHEFSwJYAwAAAGludHEGSwRYBAAAAGxvbmdxB0sEdXUuwoACKFgHAAAAc3RvcmFnZXEAY3RvcmNoCkZsb2F0U3RvcmFnZQpxAVgJAAAAMTQ5ODY2MTYwcQJYAwAAAGNwdXEDSwZOdHEEUS7CgAJdcQBYCQAAADE0OTg2NjE2MHEBYS4GAAAAAAAAAAAAAAAAAMKAPwAAAEAAAEBAAADCgEAAAMKgQHEDWAYAAABsYXRpbjFxBIZxBVJxBoVxB1JxCEsASwJLA4ZxCUsBSwKGcQqJY2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0CnELKVJxDHRxDVJxDi4=")]
    [InlineData("gAWVlAEAAAAAAACMDHRvcmNoLl91dGlsc5SMEl9yZWJ1aWxkX3RlbnNvcl92MpSTlCiMDXRvcmNoLnN0b3JhZ2WUjBBfbG9hZF9mcm9tX2J5dGVzlJOUQgkBAACAAooKbPycRvkgaqhQGS6AAk3pAy6AAn1xAChYEAAAAHByb3RvY29sX3ZlcnNpb25xAU3pA1gNAAAAbGl0dGxlX2VuZGlhbnECiFgKAAAAdHlwZV9zaXplc3EDfXEEKFgFAAAAc2hvcnRxBUsCWAMAAABpbnRxBksEWAQAAABsb25ncQdLBHV1LoACKFgHAAAAc3RvcmFnZXEAY3RvcmNoCkZsb2F0U3RvcmFnZQpxAVgJAAAAMTQ5ODY2MTYwcQJYAwAAAGNwdXEDSwZOdHEEUS6AAl1xAFgJAAAAMTQ5ODY2MTYwcQFhLgYAAAAAAAAAAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAlIWUUpRLAEsCSwOGlEsBSwKGlImMC2NvbGxlY3Rpb25zlIwLT3JkZXJlZERpY3SUk5QpUpR0lFKULg==")]
    public void A_transposed_tensor_is_read_in_row_major_order(string pickle)
    {
        var array = Single(pickle);
        Assert.Equal(ElementType.F32, array.Type);
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([0f, 2, 4, 1, 3, 5], array.ToFloats());
    }

    // pickle.dumps(numpy.arange(6, dtype=int16).reshape(2, 3), protocol=2, 3, 4, 5), NumPy 1.24; the last one is its Fortran-ordered copy.
    [Theory]
    [InlineData("gAJjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJjX2NvZGVjcwplbmNvZGUKcQNYAQAAAGJxBFgGAAAAbGF0aW4xcQWGcQZScQeHcQhScQkoSwFLAksDhnEKY251bXB5CmR0eXBlCnELWAIAAABpMnEMiYiHcQ1ScQ4oSwNYAQAAADxxD05OTkr/////Sv////9LAHRxEGKJaANYDAAAAAAAAQACAAMABAAFAHERaAWGcRJScRN0cRRiLg==")]
    [InlineData("gANjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJDAWJxA4dxBFJxBShLAUsCSwOGcQZjbnVtcHkKZHR5cGUKcQdYAgAAAGkycQiJiIdxCVJxCihLA1gBAAAAPHELTk5OSv////9K/////0sAdHEMYolDDAAAAQACAAMABAAFAHENdHEOYi4=")]
    [InlineData("gASVlgAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwJLA4aUaAOMBWR0eXBllJOUjAJpMpSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiiUMMAAABAAIAAwAEAAUAlHSUYi4=")]
    [InlineData("gAWVgQAAAAAAAACMEm51bXB5LmNvcmUubnVtZXJpY5SMC19mcm9tYnVmZmVylJOUKJYMAAAAAAAAAAAAAQACAAMABAAFAJSMBW51bXB5lIwFZHR5cGWUk5SMAmkylImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGJLAksDhpSMAUOUdJRSlC4=")]
    [InlineData("gASVlgAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwJLA4aUaAOMBWR0eXBllJOUjAJpMpSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiiEMMAAADAAEABAACAAUAlHSUYi4=")]
    public void A_numpy_array_is_read_from_every_protocol(string pickle)
    {
        var array = Single(pickle);
        Assert.Equal(ElementType.I16, array.Type);
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([0.0, 1, 2, 3, 4, 5], array.ToDoubles());
    }

    // numpy.arange(6, dtype='>i2')
    [Fact]
    public void A_big_endian_array_is_refused() => Assert.Contains("not little-endian", Assert.Throws<DataException>(() => Single(
        "gASVlgAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwJLA4aUaAOMBWR0eXBllJOUjAJpMpSJiIeUUpQoSwOMAT6UTk5OSv////9K/////0sAdJRiiUMMAAAAAQACAAMABAAFlHSUYi4=")).Message);

    // {'best': numpy.float64(0.5), 'n': numpy.int64(7)}
    [Fact]
    public void Numpy_numbers_are_numbers()
    {
        Write("gASVrQAAAAAAAAB9lCiMBGJlc3SUjBVudW1weS5jb3JlLm11bHRpYXJyYXmUjAZzY2FsYXKUk5SMBW51bXB5lIwFZHR5cGWUk5SMAmY4lImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGJDCAAAAAAAAOA/lIaUUpSMAW6UaARoB4wCaTiUiYiHlFKUKEsDaAtOTk5K/////0r/////SwB0lGJDCAcAAAAAAAAAlIaUUpR1Lg==");
        using var file = PickledFile.Open(path);
        Assert.Equal([new("best", 0.5), new("n", 7L)], file.Values);
    }

    [Fact]
    public void A_file_of_two_tensors_has_no_single_one()
    {
        File.WriteAllBytes(path, Handmade.Legacy(
            Handmade.Tensor(1, 0, Handmade.One(1), Handmade.One(1)) + Handmade.Tensor(1, 0, Handmade.One(1), Handmade.One(1)) + "\u0086", 1,
                Handmade.Floats(3)));
        Assert.Contains("holds 2 tensors, expected one", Assert.Throws<DataException>(() => PickleArrays.ReadSingle(path)).Message);
    }

    private NumberArray Single(string pickle)
    {
        Write(pickle);
        return PickleArrays.ReadSingle(path);
    }

    private void Write(string base64) => File.WriteAllBytes(path, Convert.FromBase64String(base64));
}
