using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

/// <summary>
/// Walks a year, hour by hour, with two nodes: one tends, the other lags an hour behind the store. At every hour a
/// verifier may hold the JWKS that either node served at any time in the last 24 hours, and a token may be as old as a
/// token can get.
/// </summary>
public sealed class RotationUnderWayTests
{
    [Theory]
    [InlineData(90)]
    [InlineData(30)]
    public async Task No_verifier_with_a_JWKS_of_the_last_24_hours_ever_meets_an_unknown_key(int periodDays)
    {
        var cancel = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider();
        var store = new InMemorySigningKeyStore(await FirstKeys.RecordsAsync());
        var calendar = new KeyCalendar { RotationPeriod = TimeSpan.FromDays(periodDays) };
        SigningKeyRing tending = FirstKeys.Ring(store, time, calendar: calendar),
            lagging = FirstKeys.Ring(store, time, calendar: calendar);
        var jwks = new[] { tending, lagging }.Select(ring => new JsonWebKeys(ring)).ToArray();
        var served = new Queue<(DateTimeOffset At, HashSet<string> Kids)>();
        var lastSigned = new Dictionary<string, DateTimeOffset>();

        for (var end = time.Now.AddDays(365); time.Now < end; time.Advance(TimeSpan.FromHours(1)))
        {
            await lagging.LoadAsync(cancel);
            await tending.TendAsync(cancel);
            foreach (var document in jwks)
            {
                served.Enqueue((time.Now, Kids(document)));
            }

            while (served.Peek().At < time.Now.AddHours(-24))
            {
                served.Dequeue();
            }

            foreach (var ring in new[] { tending, lagging })
            {
                foreach (var algorithm in Enum.GetValues<SigningAlgorithm>())
                {
                    var kid = ring.Signing(algorithm).Kid;
                    Assert.True(
                        served.All(copy => copy.Kids.Contains(kid)),
                        $"A verifier does not know {kid} at {time.Now:u}."
                    );
                    lastSigned[kid] = time.Now;
                }

                foreach (var (kid, at) in lastSigned)
                {
                    Assert.True(
                        ring.Find(kid) is not null
                            || time.Now >= at + AccessTokenLimits.LongestLifetime + AccessTokenLimits.Skew,
                        $"{kid} went too soon."
                    );
                }
            }
        }

        var rotations = 365 / periodDays;
        Assert.Equal(2 * (rotations + 1), lastSigned.Count);
        Assert.InRange(store.Records.Count, 2, 2 * ((90 / periodDays) + 3));
    }

    private static HashSet<string> Kids(JsonWebKeys jwks) =>
        [.. JsonNode.Parse(jwks.Document.Span)!["keys"]!.AsArray().Select(key => (string)key!["kid"]!)];
}
