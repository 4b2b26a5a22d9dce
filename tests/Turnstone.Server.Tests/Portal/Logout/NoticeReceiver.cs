using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Turnstone.Server.Tests.Portal.Logout;

/// <summary>A client's address for notices, which answers as it is told.</summary>
internal sealed class NoticeReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<string> received = Channel.CreateUnbounded<string>();

    private NoticeReceiver(WebApplication app) => this.app = app;

    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>Where a redirect leads, if it is one.</summary>
    public string? Location { get; set; }

    /// <summary>Whether an answer of status 200 never ends; without one there is none at all.</summary>
    public bool? Endless { get; set; }

    /// <summary>Completes when whoever waited for what never ends has gone.</summary>
    public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Address => $"{app.Urls.Single()}/logged-out";

    public int Waiting => received.Reader.Count;

    public static async Task<NoticeReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new NoticeReceiver(app);
        app.MapPost("/logged-out", receiver.TakeAsync);
        app.MapFallback(() => receiver.received.Writer.TryWrite("elsewhere"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>The next logout token that comes.</summary>
    public Task<string> NextAsync() =>
        received
            .Reader.ReadAsync(TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(TestContext.Current.CancellationToken);
        context.Response.StatusCode = Status;
        if (Location is not null)
        {
            context.Response.Headers.Location = Location;
        }

        received.Writer.TryWrite(form["logout_token"].ToString());
        if (Endless is { } answers)
        {
            context.RequestAborted.Register(() => Gone.TrySetResult());
            await HangAsync(context, answers);
        }
    }

    private static async Task HangAsync(HttpContext context, bool answers)
    {
        while (answers)
        {
            await context.Response.WriteAsync(" ", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(100, context.RequestAborted);
        }

        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }
}
