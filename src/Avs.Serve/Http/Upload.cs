using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Avs.Serve.Http;

/// <summary>Files that come as the body of a request.</summary>
internal static class Upload
{
    private const int LongestName = 80;

    /// <summary>Writes the body to a new file. The caller removes what was written when it throws.</summary>
    /// <exception cref="RefusedException">It is too large, or takes too long.</exception>
    public static async Task SaveAsync(HttpContext http, string path, ServeOptions options)
    {
        if (http.Request.ContentLength > options.MostBytes)
            throw TooLarge(options);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limited.CancelAfter(options.LongestJob);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            var buffer = new byte[1 << 16];
            for (int count; (count = await http.Request.Body.ReadAsync(buffer, limited.Token)) > 0;)
            {
                if (file.Length + count > options.MostBytes)
                    throw TooLarge(options);
                await file.WriteAsync(buffer.AsMemory(0, count), limited.Token);
            }
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            throw new RefusedException(StatusCodes.Status408RequestTimeout, string.Create(CultureInfo.InvariantCulture,
                $"the file did not arrive in {options.LongestJob.TotalSeconds:0} s, the most that this server waits"));
        }
    }

    /// <summary>A file's name as the page shows it; it is never a part of a path.</summary>
    public static string ShownName(string? name, string otherwise)
    {
        var last = (name ?? "").Split('/', '\\')[^1];
        var clean = new string([.. last.Where(letter => !char.IsControl(letter)).Take(LongestName)]).Trim();
        return clean.Length > 0 ? clean : otherwise;
    }

    private static RefusedException TooLarge(ServeOptions options) => new(StatusCodes.Status413PayloadTooLarge, string.Create(
        CultureInfo.InvariantCulture, $"the file is larger than {options.MostBytes / 1e6:0.###} MB, the most that this server takes"));
}
