using System.Net;
using System.Text.Json;
using Turnstone.Directory;

namespace Turnstone.Nodes.Clients;

/// <summary>
/// A client as the guides ask for: one session, refreshed again and again, always with the token that it was last
/// given. A request that failed, or whose answer did not come, is repeated with the same token (and, for every other
/// chain, the same Idempotency-Key), after the time that the answer asked for.
/// </summary>
internal sealed class Chain(Contract contract, Customers known, Pair first, bool withKey, Answers answers)
{
    /// <summary>
    /// How long a client waits for an answer through the proxy before it takes the connection for dead.
    /// </summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(200);

    public Contract Contract => contract;

    public Pair Last { get; private set; } = first;

    public int Refreshes { get; private set; }

    /// <summary>What the server said when it would not go on with the session; null while it does.</summary>
    public string? Lost { get; private set; }

    public async Task RunAsync(HttpClient http, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && Lost is null)
        {
            var pause = await RefreshAsync(http);
            try
            {
                await Task.Delay(pause, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Whether the session still goes on, with some patience.</summary>
    public async Task<bool> GoesOnAsync(HttpClient http)
    {
        for (var (attempt, before) = (0, Refreshes); attempt < 30 && Lost is null && Refreshes == before; attempt++)
        {
            await Task.Delay(Refreshes == before && attempt > 0 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);
            await RefreshAsync(http);
            if (Refreshes > before)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One attempt; answers how long to wait before the next.</summary>
    private async Task<TimeSpan> RefreshAsync(HttpClient http)
    {
        using var request = contract.Refresh(known, Last.Refresh);
        if (withKey)
        {
            // Follows from the token, so that it is the same for a repeat and another for the next.
            request.Headers.Add("Idempotency-Key", Last.Refresh[^20..]);
        }

        var began = answers.Now;
        using var patience = new CancellationTokenSource(Deadline);
        try
        {
            using var answer = await http.SendAsync(request, patience.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(patience.Token);
            answers.Add(
                began,
                (int)answer.StatusCode,
                answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
                    || answer.Headers.RetryAfter is not null
            );
            return Hear(answer, body);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            answers.Add(began, Answer.NoAnswer, sound: false);
        }
        catch (HttpRequestException)
        {
            answers.Add(began, Answer.NoConnection, sound: true);
        }

        return AfterFailure;
    }

    private TimeSpan Hear(HttpResponseMessage answer, byte[] body)
    {
        if (answer.IsSuccessStatusCode)
        {
            using var json = JsonDocument.Parse(body);
            Last = contract.Read(json.RootElement);
            Refreshes++;
            return Pause;
        }

        if ((int)answer.StatusCode is >= 400 and < 500 and not (408 or 429))
        {
            Lost =
                $"{contract.Name} after {Refreshes} "
                + $"refreshes: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}";
        }

        return answer.Headers.RetryAfter?.Delta ?? AfterFailure;
    }
}
