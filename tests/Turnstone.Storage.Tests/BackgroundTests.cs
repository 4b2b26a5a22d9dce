using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Tests;

public sealed class BackgroundTests : ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    [Fact]
    public async Task That_a_task_of_the_stores_own_fails_is_said_once_and_so_is_that_it_works_again()
    {
        var (steps, worked) = (0, new TaskCompletionSource());
        await using (
            new Background(
                "upkeep",
                TimeSpan.FromMilliseconds(1),
                TimeProvider.System,
                this,
                (_, _) =>
                {
                    steps++;
                    if (steps == 6)
                    {
                        worked.SetResult();
                    }

                    return steps is 2 or 3 or 4
                        ? throw new StoreUnavailableException("Away.", new IOException("No space is left."))
                        : Task.CompletedTask;
                }
            )
        )
        {
            await worked.Task;
        }

        Assert.Equal(
            [
                "1300 The store's upkeep fails; it is tried again until it works: No space is left. ",
                "1301 The store's upkeep works again. ",
            ],
            lines
        );
    }

    [Fact]
    public async Task A_step_that_does_not_end_says_that_it_works()
    {
        var (steps, listening) = (0, new TaskCompletionSource());
        await using (
            new Background(
                "listening",
                TimeSpan.FromMilliseconds(1),
                TimeProvider.System,
                this,
                async (works, cancel) =>
                {
                    if (++steps == 1)
                    {
                        throw new StoreUnavailableException("Away.");
                    }

                    works();
                    listening.SetResult();
                    await Task.Delay(Timeout.Infinite, cancel);
                }
            )
        )
        {
            await listening.Task;
            Assert.Equal(["1300", "1301"], lines.Select(line => line[..4]));
        }
    }

    [Fact]
    public async Task Its_end_waits_for_the_step_that_is_under_way()
    {
        var (begun, over) = (new TaskCompletionSource(), new TaskCompletionSource());
        var background = new Background(
            "upkeep",
            TimeSpan.FromMilliseconds(1),
            TimeProvider.System,
            this,
            (_, _) =>
            {
                begun.SetResult();
                return over.Task;
            }
        );
        await begun.Task;

        var end = background.DisposeAsync().AsTask();

        Assert.False(end.IsCompleted);
        over.SetResult();
        await end;
    }

    [Fact]
    public void A_listener_that_fails_is_said_and_keeps_the_news_from_nobody()
    {
        var heard = 0;
        var changes = new ChangeFeed(this, TimeProvider.System);
        using var first = changes.Subscribe(_ => throw new InvalidOperationException("Broken."));
        using var second = changes.Subscribe(_ => heard++);

        changes.Tell(ChangeKind.Directory);

        Assert.Equal(1, heard);
        Assert.StartsWith("1303 ", Assert.Single(lines), StringComparison.Ordinal);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => lines.Enqueue($"{eventId.Id} {formatter(state, exception)} {exception?.Message}");
}
