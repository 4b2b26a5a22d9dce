using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Server.Portal.Administration.Service;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>Signing keys, and the load of the node.</summary>
public sealed class ServicePagesTests
{
    private const string Keys = "/portal/admin/keys";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotating_publishes_a_successor_once_and_retiring_lets_it_sign()
    {
        await using var server = await Administrators.StartAsync();
        var ring = server.Services.GetRequiredService<SigningKeyRing>();
        var old = ring.Signing(SigningAlgorithm.ES256).Kid;
        using var ada = await Visitor.SignedInAsync(server);

        using var rotated = await ada.SendAsync(
            Keys,
            $"{Keys}?handler=Rotate",
            ("Target", "ES256"),
            ("Reason", Administrators.Reason)
        );
        await server.AssertRecordedAsync(AuditEvent.SigningKeyCreated);
        using var twice = await ada.SendAsync(
            Keys,
            $"{Keys}?handler=Rotate",
            ("Target", "ES256"),
            ("Reason", Administrators.Reason)
        );
        var keys = await server.Services.GetRequiredService<ISigningKeyStore>().ListAsync(Cancel);
        var successor = Assert.Single(keys, key => key.Algorithm is SigningAlgorithm.ES256 && key.Kid != old).Kid;
        Assert.Contains(successor, await ada.PageAsync(Keys), StringComparison.Ordinal);

        using var unproven = await ada.SendAsync(
            Keys,
            $"{Keys}?handler=Retire",
            ("Target", old),
            ("Reason", Administrators.Reason),
            ("Password", "no")
        );
        Assert.Equal(old, ring.Signing(SigningAlgorithm.ES256).Kid);
        using var retired = await ada.SendAsync(
            Keys,
            $"{Keys}?handler=Retire",
            ("Target", old),
            ("Reason", Administrators.Reason),
            ("Password", Known.Password)
        );
        Assert.Equal(successor, ring.Signing(SigningAlgorithm.ES256).Kid);
        await server.AssertRecordedAsync(AuditEvent.SigningKeyRetired);

        foreach (
            var (act, target) in new[]
            {
                ("Rotate", "HS256"),
                ("Rotate", "0"),
                ("Rotate", ""),
                ("Retire", "nothing"),
                ("Retire", ""),
            }
        )
        {
            using var unknown = await ada.SendAsync(
                Keys,
                $"{Keys}?handler={act}",
                ("Target", target),
                ("Reason", Administrators.Reason),
                ("Password", Known.Password)
            );
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }
    }

    [Fact]
    public async Task The_service_page_shows_what_this_node_did()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        await server.GivenWaitingAsync();
        using var refused = await server.Http.GetAsync(
            new Uri("/auth/v1/token?code=nothing", UriKind.Relative),
            Cancel
        );

        var page = WebUtility.HtmlDecode(await ada.PageAsync("/portal/admin"));

        Assert.Contains("SQLite 3.", page, StringComparison.Ordinal);
        Assert.Contains("for this node", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/portal/admin/approvals\">1</a>", page, StringComparison.Ordinal);
        Assert.Contains(
            server.Services.GetRequiredService<SigningKeyRing>().Signing(SigningAlgorithm.ES256).Kid[..12],
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("title=\"InvalidGrant\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Needs attention", page, StringComparison.Ordinal);

        // Each check and each kind has its words.
        Assert.DoesNotContain("Check_", page, StringComparison.Ordinal);
        Assert.Contains("The store fits this release", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_hour_is_kept_by_the_minute_and_no_longer_and_memory_is_bounded()
    {
        var time = new FakeTimeProvider();
        using var recorder = new LoadRecorder(time);
        using var meter = new Meter(CoreTelemetry.Name);
        var grants = meter.CreateCounter<long>("turnstone.grants");
        await recorder.StartAsync(Cancel);
        var own = new LoadMeasure(LoadRecorder.Grants, "own", "granted");

        Count(grants, "own", "granted");
        time.Advance(TimeSpan.FromMinutes(1));
        Count(grants, "own", "granted");
        Count(grants, "own", "granted");
        Assert.Equal([1, 2], recorder.Hour(own)[^2..].Select(minute => minute.Count));

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(2, recorder.Hour(own)[0].Count);
        Assert.Equal(2, recorder.Hour(own).Sum(minute => minute.Count));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, recorder.Hour(own).Sum(minute => minute.Count));

        for (var i = 0; i < 1000; i++)
        {
            Count(grants, $"kind {i}", "granted");
        }

        Assert.InRange(recorder.GrantHours().Count(), 1, 256);
    }

    private static void Count(Counter<long> grants, string kind, string outcome) =>
        grants.Add(
            1,
            new KeyValuePair<string, object?>("kind", kind),
            new KeyValuePair<string, object?>("outcome", outcome)
        );
}
