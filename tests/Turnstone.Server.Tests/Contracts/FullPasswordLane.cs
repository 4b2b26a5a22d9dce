using Microsoft.Extensions.DependencyInjection;
using Turnstone.Credentials.Passwords;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>A password lane with room for one in work and one that waits, both taken until it is disposed.</summary>
internal sealed class FullPasswordLane : IAsyncDisposable
{
    public static readonly string[] Settings = ["Turnstone:Passwords:Width=1", "Turnstone:Passwords:Queue=1"];

    private readonly ManualResetEventSlim released = new();
    private readonly TaskCompletionSource begun = new();
    private readonly Task held;
    private readonly Task waiting;

    private FullPasswordLane(PasswordLane lane)
    {
        var share = LaneShare.Of(Turnstone.Model.Caller.Operator, "@");
        held = lane.RunAsync(share, Hold, CancellationToken.None);
        waiting = lane.RunAsync(share, Hold, CancellationToken.None);
    }

    /// <param name="server">Started with <see cref="Settings"/>.</param>
    public static async Task<FullPasswordLane> TakeAsync(TurnstoneServer server)
    {
        var full = new FullPasswordLane(server.Services.GetRequiredService<PasswordLane>());
        await full.begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        return full;
    }

    public async ValueTask DisposeAsync()
    {
        released.Set();
        await Task.WhenAll(held, waiting);
        released.Dispose();
    }

    private object Hold()
    {
        begun.TrySetResult();
        released.Wait();
        return this;
    }
}
