using System.Collections.Concurrent;
using System.Net;
using Turnstone.Directory;
using Turnstone.Server.Tests.Operations;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// Clients that log in and refresh without end, and that repeat what was answered 503 as that answer asks for. They
/// note what they were given, and accept no other answer than success and their contract's 503, Retry-After and all.
/// </summary>
internal sealed class Traffic(ServerProcess server) : IAsyncDisposable
{
    private const int Refreshing = 6;
    private const int LoggingIn = 2;

    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromMilliseconds(50);

    // Only what never comes takes so long: a busy machine is slow and not wrong.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // A connection for each request: on one that is kept, who does not wait as told is not listened to for a second.
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero })
    {
        BaseAddress = server.Http.BaseAddress,
    };
    private readonly CancellationTokenSource ending = new();
    private readonly int[] refused = new int[Refreshing + LoggingIn];
    private readonly int[] done = new int[Refreshing + LoggingIn];
    private readonly ConcurrentBag<string> loggedIn = [];
    private readonly string[] refreshed = new string[Refreshing];
    private int atTheEnd;
    private int unknowns;
    private Task[] running = [];

    /// <summary>Refreshes that were answered.</summary>
    public int Refreshes => done[..Refreshing].Sum() + atTheEnd;

    /// <summary>Logins that were answered.</summary>
    public int Logins => Refreshing + loggedIn.Count;

    /// <summary>Requests that were answered 503.</summary>
    public int Refused => refused.Sum();

    /// <summary>Requests that were answered 503 without a word on whether something was changed.</summary>
    public int Unknowns => unknowns;

    public async Task StartAsync()
    {
        for (var i = 0; i < Refreshing; i++)
        {
            using var login = await http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
            refreshed[i] = await login.RefreshOfSetAsync();
        }

        running =
        [
            .. Enumerable.Range(0, Refreshing).Select(i => RepeatAsync(i, () => RefreshAsync(i))),
            .. Enumerable.Range(Refreshing, LoggingIn).Select(i => RepeatAsync(i, LogInAsync)),
        ];
    }

    /// <summary>Completes when every client was answered so often more.</summary>
    public Task GoesOnAsync(int times) => EachAsync(done, times, () => Task.CompletedTask);

    /// <summary>Completes when every client was refused so often more.</summary>
    public Task IsRefusedAsync(int times, Func<Task> meanwhile) => EachAsync(refused, times, meanwhile);

    /// <summary>Every session that a client was told of is there and can be refreshed.</summary>
    public async Task EndAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(running);
        foreach (var token in refreshed)
        {
            using var answer = await http.RefreshV2Async(token);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            atTheEnd++;
        }

        foreach (var token in loggedIn)
        {
            using var answer = await http.RefreshV3Async(token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            atTheEnd++;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        http.Dispose();
    }

    private async Task RepeatAsync(int client, Func<Task<bool>> call)
    {
        while (!ending.IsCancellationRequested)
        {
            if (await call())
            {
                Interlocked.Increment(ref done[client]);
            }
            else
            {
                Interlocked.Increment(ref refused[client]);
                await Task.Delay(BeforeRepeating);
            }
        }
    }

    private async Task<bool> RefreshAsync(int client)
    {
        using var answer = await http.RefreshV2Async(refreshed[client]);
        if (await IsAwayAsync(answer, HttpStatusCode.Created, "auth-v2"))
        {
            return false;
        }

        refreshed[client] = await answer.RefreshOfSetAsync();
        return true;
    }

    private async Task<bool> LogInAsync()
    {
        using var answer = await http.LoginV3Async(ProvisioningText.ApiKey);
        if (await IsAwayAsync(answer, HttpStatusCode.OK, "session-v3"))
        {
            return false;
        }

        loggedIn.Add((await answer.JsonAsync()).GetProperty("refresh_token").GetString()!);
        return true;
    }

    private async Task<bool> IsAwayAsync(HttpResponseMessage answer, HttpStatusCode success, string contract)
    {
        if (answer.StatusCode == success)
        {
            return false;
        }

        var unknown = (await answer.Content.ReadAsStringAsync()).Contains("cannot say", StringComparison.Ordinal);
        Interlocked.Add(ref unknowns, unknown ? 1 : 0);
        await Golden.CheckAsync(answer, unknown ? $"{contract}-503-unknown" : $"{contract}-503");
        return true;
    }

    private async Task EachAsync(int[] counts, int times, Func<Task> meanwhile)
    {
        var before = counts.ToArray();
        var began = TimeProvider.System.GetTimestamp();
        while (!counts.Zip(before).All(count => count.First - count.Second >= times))
        {
            Assert.False(server.HasExited, server.Story);
            await Task.WhenAll(running.Where(client => client.IsFaulted));
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < Patience,
                $"Answered: {string.Join(' ', done)}. Refused: {string.Join(' ', refused)}."
            );
            await meanwhile();
            await Task.Delay(BeforeRepeating);
        }
    }
}
