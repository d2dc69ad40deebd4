using System.Net;
using Microsoft.AspNetCore.Http;

namespace Avs.Serve.Http;

/// <summary>
/// Keeps pages of other sites out, which a browser would let send requests here: by their own name for this machine's address (DNS
/// rebinding), by scripts, or by embedding.
/// </summary>
internal static class SameSite
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <exception cref="RefusedException">The request comes from elsewhere.</exception>
    public static void Require(HttpRequest request)
    {
        if (!IsOwnName(request.Host.Host))
        {
            throw new RefusedException(StatusCodes.Status403Forbidden,
                $"this server is not called '{request.Host.Host}'; open it by its address, such as 127.0.0.1");
        }
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}")
        {
            throw new RefusedException(
                StatusCodes.Status403Forbidden, $"requests from '{origin}' are refused: only this server's page may send any");
        }
        // Of requests without an origin browsers say it here; a link from elsewhere may open the page.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "none" or "same-origin") && request.Path != "/")
            throw new RefusedException(StatusCodes.Status403Forbidden, "requests from other sites are refused");
    }

    public static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    // A name that leads here could be anybody's; an address cannot.
    private static bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
