using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Avs.Serve.Http;

/// <summary>The page, which is a part of the program.</summary>
internal static class PageFiles
{
    private static readonly (string Path, string Resource, string Type)[] All =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/common.css", "common.css", "text/css; charset=utf-8"),
        ("/page.css", "page.css", "text/css; charset=utf-8"),
        ("/page.js", "page.js", "text/javascript; charset=utf-8"),
        ("/chooser.js", "chooser.js", "text/javascript; charset=utf-8"),
        ("/panel.js", "panel.js", "text/javascript; charset=utf-8"),
        ("/player.js", "player.js", "text/javascript; charset=utf-8"),
        ("/requests.js", "requests.js", "text/javascript; charset=utf-8"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, resource, type) in All)
        {
            routes.MapGet(path, (HttpResponse response) =>
            {
                response.Headers.CacheControl = "no-cache"; // the next program may have another page
                return Results.Stream(typeof(PageFiles).Assembly.GetManifestResourceStream(resource)!, type);
            });
        }
    }
}
