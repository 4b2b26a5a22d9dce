using System.IO.Pipelines;
using System.Net;
using Turnstone.AspNetCore.Feed;
using Turnstone.Server.Tests.Attacks.Fuzzing;

namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>
/// A guard that was away is whole again within a second of its return: however its questions came to nothing before,
/// the next one goes out in time. By a clock of the test's own.
/// </summary>
public sealed class AwayTests
{
    private const int Questions = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task It_asks_at_least_each_seven_tenths_of_a_second_whatever_becomes_of_its_questions(int seed)
    {
        var time = new JumpingTime();
        using var road = new BadRoad(new Dice((ulong)seed), time);
        await using var guard = await LoneGuard.StartAsync(road, time);
        await road.Free.WaitAsync(LoneGuard.Patience, TestContext.Current.CancellationToken);
        await guard.UntilAsync(() => guard.IsCurrent);
        var asked = road.Asked;
        Assert.All(
            asked.Zip(asked.Skip(1)),
            pair => Assert.InRange(pair.Second - pair.First, TimeSpan.Zero, FeedAttempts.Pace)
        );
        Assert.InRange(FeedAttempts.Pace, TimeSpan.Zero, TimeSpan.FromSeconds(0.7));
        Assert.InRange(road.MostHanging, 2, FeedAttempts.Most);
    }

    /// <summary>Questions hang, fail or are refused, by chance, and then nothing is in the way any more.</summary>
    private sealed class BadRoad(Dice chance, JumpingTime time) : HttpMessageHandler
    {
        private readonly Lock gate = new();
        private readonly List<DateTimeOffset> asked = [];
        private readonly TaskCompletionSource free = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int hanging;

        public Task Free => free.Task;

        public int MostHanging { get; private set; }

        public DateTimeOffset[] Asked
        {
            get
            {
                lock (gate)
                {
                    return [.. asked];
                }
            }
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            lock (gate)
            {
                asked.Add(time.GetUtcNow());
                return asked.Count > Questions
                    ? AnswerAsync()
                    : chance.Below(8) switch
                    {
                        0 => Task.FromException<HttpResponseMessage>(new HttpRequestException("Refused.")),
                        1 => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)),
                        _ => HangAsync(cancel),
                    };
            }
        }

        private async Task<HttpResponseMessage> HangAsync(CancellationToken cancel)
        {
            MostHanging = Math.Max(MostHanging, Interlocked.Increment(ref hanging));

            // What is registered last is done first: it is counted off before anybody goes on.
            var never = Task.Delay(Timeout.Infinite, cancel);
            using var ends = cancel.UnsafeRegister(_ => Interlocked.Decrement(ref hanging), null);
            await never;
            throw new InvalidOperationException("It hangs.");
        }

        private async Task<HttpResponseMessage> AnswerAsync()
        {
            var pipe = new Pipe();
            await ToldFeed.TellAsync(pipe.Writer, time.GetUtcNow(), time.GetUtcNow());
            free.TrySetResult();
            return new(HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) };
        }
    }
}
