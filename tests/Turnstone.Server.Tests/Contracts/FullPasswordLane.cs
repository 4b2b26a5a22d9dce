using Microsoft.Extensions.DependencyInjection;
using Turnstone.Credentials.Passwords;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>A password lane with room for one in work and one that waits, both taken until it is disposed.</summary>
internal sealed class FullPasswordLane : IAsyncDisposable
{
    public static readonly string[] Settings = ["Turnstone:Passwords:Width=1", "Turnstone:Passwords:Queue=1"];

    private readonly ManualResetEventSlim released = new();
    private readonly TaskCompletionSource begun = new();
    private readonly List<Task> taken = [];

    private FullPasswordLane() { }

    /// <param name="server">Started with <see cref="Settings"/>.</param>
    public static async Task<FullPasswordLane> TakeAsync(TurnstoneServer server)
    {
        var (full, lane) = (new FullPasswordLane(), server.Services.GetRequiredService<PasswordLane>());
        var share = LaneShare.Of(Turnstone.Model.Caller.Operator, "@");
        full.taken.Add(lane.RunAsync(share, full.Hold, CancellationToken.None));

        // Until the first is in work it has the one place for those that wait.
        await full.begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        full.taken.Add(lane.RunAsync(share, full.Hold, CancellationToken.None));
        return full;
    }

    public async ValueTask DisposeAsync()
    {
        released.Set();
        await Task.WhenAll(taken);
        released.Dispose();
    }

    private object Hold()
    {
        begun.TrySetResult();
        released.Wait();
        return this;
    }
}
