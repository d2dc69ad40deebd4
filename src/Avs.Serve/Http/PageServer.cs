using Avs.Core;
using Avs.Serve.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Avs.Serve.Http;

/// <summary>The page of a run, served from this process until it is disposed of.</summary>
public sealed class PageServer : IAsyncDisposable
{
    private const int MostConnections = 100;

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    private readonly WebApplication app;
    private readonly WorkFolder folder;
    private readonly JobQueue queue;
    private readonly CancellationTokenSource stop = new();
    private readonly Task worker;

    private PageServer(WebApplication app, WorkFolder folder, JobQueue queue, JobWork work)
    {
        (this.app, this.folder, this.queue) = (app, folder, queue);
        worker = Task.Run(() => queue.RunAsync(work.Run, stop.Token));
    }

    /// <summary>Where the page is.</summary>
    public Uri Address => new(app.Urls.First());

    /// <summary>The folder that it works in.</summary>
    public string WorkFolder => folder.Root;

    /// <summary>Begins to listen.</summary>
    /// <param name="run">It stays the caller's.</param>
    /// <param name="log">Gets a line on each job.</param>
    /// <exception cref="UsageException">The address cannot be had, or the work folder not be written.</exception>
    public static async Task<PageServer> StartAsync(ServedRun run, ServeOptions options, Action<string> log)
    {
        var folder = new WorkFolder(options.WorkFolder);
        var queue = new JobQueue(options.QueueLength, options.KeptJobs, folder.Remove);
        var work = new JobWork(run, options, folder, log);
        var app = CreateApp(options);
        app.Use(next => http => Answer(http, next, work, log));
        app.UseRouting();
        new Api(run, options, folder, queue, work).Map(app);
        PageFiles.Map(app);
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync();
            folder.Dispose();
            throw new UsageException(
                $"{options.Host} port {options.Port} cannot be had ({e.GetBaseException().Message}); "
                + "name another with --port, or 0 for a free one", e);
        }
        return new PageServer(app, folder, queue, work);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await app.StopAsync();
        await worker;
        await app.DisposeAsync();
        queue.Dispose();
        folder.Dispose();
        stop.Dispose();
    }

    // Without the usual builder's settings files, variables and console: what counts is on the command line.
    private static WebApplication CreateApp(ServeOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // uploads count for themselves
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Listen(options.Host, options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestEnd);
        return builder.Build();
    }

    private static async Task Answer(HttpContext http, RequestDelegate next, JobWork work, Action<string> log)
    {
        SameSite.Protect(http.Response);
        try
        {
            SameSite.Require(http.Request);
            await next(http);
            if (http.Response is { StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed, HasStarted: false })
                throw new RefusedException(http.Response.StatusCode, "there is nothing of that name");
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var (status, sentence) = e switch
            {
                RefusedException refused => (refused.Status, refused.Message),
                AvsException mistake => (StatusCodes.Status400BadRequest, work.Clean(mistake.Message)),
                FileNotFoundException or DirectoryNotFoundException => (StatusCodes.Status404NotFound, RefusedException.NotKept),
                BadHttpRequestException bad => (bad.StatusCode, $"the request cannot be read: {bad.Message}"),
                _ => (StatusCodes.Status500InternalServerError, "the program failed; what went wrong stands where the server was started"),
            };
            if (status == StatusCodes.Status500InternalServerError)
                log($"error: {e}");
            await Results.Json(new ErrorJson(sentence), ServeJsonContext.Default.ErrorJson, statusCode: status).ExecuteAsync(http);
        }
    }

    /// <summary>Whoever starts the server catches the signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
