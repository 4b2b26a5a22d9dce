using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Turnstone.Client;

namespace Turnstone.Clients.Tests;

/// <summary>What the .NET client tells of what it does, and that no token is in it.</summary>
public sealed class TelemetryTests(RealServer server)
{
    private const string Name = "Turnstone.Client";

    // A name of its own: the sessions of other tests are counted by the same meter.
    private const string Contract = "the contract of this test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_is_counted_traced_and_raised_and_shows_no_token()
    {
        ConcurrentQueue<string> counted = [];
        ConcurrentQueue<Activity> traced = [];
        ConcurrentQueue<SessionEvent> raised = [];
        using var meters = Count(counted);
        using var activities = Trace(traced);
        var options = await OptionsAsync("/auth/v2", Contract);
        foreach (var (name, value) in await server.CredentialsAsync("/auth/v2"))
        {
            options.Credentials[name] = value;
        }

        AccessToken token;
        using (var session = new TurnstoneSession(options))
        {
            session.Happened += (_, what) => raised.Enqueue(what);
            token = await session.GetAccessTokenAsync(cancellationToken: Cancel);
            await session.GetAccessTokenAsync(token, Cancel);
        }

        Assert.Equal(["1 SignedIn", "1 Refreshed"], counted);
        Assert.Equal([SessionEventKind.SignedIn, SessionEventKind.Refreshed], raised.Select(one => one.Kind));
        Assert.Equal(["renew session", "renew session"], traced.Select(one => one.OperationName));
        Assert.All(
            traced.Select(one => string.Join(' ', one.TagObjects)).Concat(raised.Select(one => $"{one}")),
            text => Assert.DoesNotContain(token.Value, text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_renewal_that_fails_is_traced_as_an_error()
    {
        ConcurrentQueue<Activity> traced = [];
        using var activities = Trace(traced);
        var options = await OptionsAsync("/v3", Contract + " refused");
        options.Credentials["api_key"] = "not a key of anybody";
        using var session = new TurnstoneSession(options);
        await Assert.ThrowsAsync<SignInRefusedException>(() => session.GetAccessTokenAsync(cancellationToken: Cancel));

        var one = Assert.Single(traced);
        Assert.Equal((ActivityStatusCode.Error, nameof(SignInRefusedException)), (one.Status, one.StatusDescription));
    }

    private async Task<SessionOptions> OptionsAsync(string path, string name)
    {
        var all = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "clients", "contracts.json"), Cancel);
        var contract = JsonNode.Parse(all)!["contracts"]![path]!.ToJsonString();
        return new() { Server = server.Address, Contract = Client.Contract.FromJson(name, contract) };
    }

    private static MeterListener Count(ConcurrentQueue<string> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, added, tags, _) =>
            {
                var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
                if (Equals(all["contract"], Contract))
                {
                    counted.Enqueue($"{added} {all["kind"]}");
                }
            }
        );
        listener.Start();
        return listener;
    }

    private static ActivityListener Trace(ConcurrentQueue<Activity> traced)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (
                    activity.GetTagItem("turnstone.contract") is string contract
                    && contract.StartsWith(Contract, StringComparison.Ordinal)
                )
                {
                    traced.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
