using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Turnstone.Foreign;
using Turnstone.Model;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Hosting.Outbound;

/// <summary>Foreign documents are fetched from real servers, over real sockets.</summary>
public sealed class ForeignDocumentsTests : IAsyncLifetime
{
    private static readonly FetchPayer Somebody = FetchPayer.Registered("somebody");

    private readonly FakeMachineClock time = new();
    private ForeignServer foreign = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => foreign = await ForeignServer.StartAsync();

    public ValueTask DisposeAsync() => foreign.DisposeAsync();

    [Theory]
    [InlineData("max-age=600", 599, 1)]
    [InlineData("max-age=600", 601, 2)]
    [InlineData("max-age=0", 59, 1)]
    [InlineData("no-store", 59, 1)]
    [InlineData("no-store", 61, 2)]
    [InlineData("no-cache, max-age=600", 61, 2)]
    [InlineData("max-age=31536000", 3599, 1)]
    [InlineData("max-age=31536000", 3601, 2)]
    [InlineData("max-age=-1", 299, 1)]
    [InlineData(null, 299, 1)]
    [InlineData(null, 301, 2)]
    public async Task One_is_remembered_as_its_headers_say_within_bounds(string? cacheControl, int seconds, int asked)
    {
        foreign.Publish("/one", "{}", cacheControl);
        using var documents = Documents();

        Assert.Equal("{}", (await GetAsync(documents, "/one")).Value);
        time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal("{}", (await GetAsync(documents, "/one")).Value);

        Assert.Equal(asked, foreign.Asked("/one"));
    }

    [Theory]
    [InlineData("Expires", "Mon, 05 Jan 2026 12:20:00 GMT", 1199, 1)]
    [InlineData("Expires", "Mon, 05 Jan 2026 12:20:00 GMT", 1201, 2)]
    [InlineData("Expires", "0", 61, 2)]
    [InlineData("Age", "3000", 61, 2)]
    public async Task Older_headers_count_too(string name, string value, int seconds, int asked)
    {
        foreign.Publish(
            "/one",
            context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.Headers.Date = "Mon, 05 Jan 2026 12:00:00 GMT";
                context.Response.Headers.CacheControl = name == "Age" ? "max-age=3000" : default;
                context.Response.Headers[name] = value;
                return context.Response.WriteAsync("{}", Cancel);
            }
        );
        using var documents = Documents();

        await GetAsync(documents, "/one");
        time.Advance(TimeSpan.FromSeconds(seconds));
        await GetAsync(documents, "/one");

        Assert.Equal(asked, foreign.Asked("/one"));
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_fetch_and_none_of_them_ends_it()
    {
        var gate = new TaskCompletionSource();
        foreign.Publish(
            "/slow",
            async context =>
            {
                await gate.Task;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("{}", Cancel);
            }
        );
        using var documents = Documents();
        using var impatient = new CancellationTokenSource();

        var first = documents.GetAsync<string>(foreign.At("/slow"), Somebody, Read, impatient.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => GetAsync(documents, "/slow").AsTask()).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.All(await Task.WhenAll(others), one => Assert.Equal("{}", one.Value));
        Assert.Equal(1, foreign.Asked("/slow"));
    }

    [Fact]
    public async Task What_is_missing_is_not_asked_for_again_at_once()
    {
        using var documents = Documents();

        var first = await GetAsync(documents, "/later");
        foreign.Publish("/later", "{}");
        time.Advance(TimeSpan.FromSeconds(29));
        var second = await GetAsync(documents, "/later");
        time.Advance(TimeSpan.FromSeconds(2));
        var third = await GetAsync(documents, "/later");

        Assert.Equal((FetchFault.Status, FetchFault.Status), (first.Fault, second.Fault));
        Assert.Contains("404", first.Sentence, StringComparison.Ordinal);
        Assert.Equal("{}", third.Value);
        Assert.Equal(2, foreign.Asked("/later"));
    }

    public static TheoryData<string, int, string?, FetchFault?> Answers { get; } =
        new()
        {
            { "application/json", 200, null, null },
            { "application/jwk-set+json; charset=utf-8", 200, null, null },
            { "APPLICATION/JSON", 200, null, null },
            { "text/html", 200, null, FetchFault.Unreadable },
            { "text/plain+json", 200, null, FetchFault.Unreadable },
            { "", 200, null, FetchFault.Unreadable },
            { "application/json", 201, null, FetchFault.Status },
            { "application/json", 206, null, FetchFault.Status },
            { "application/json", 301, "/elsewhere", FetchFault.Status },
            { "application/json", 307, "/elsewhere", FetchFault.Status },
            { "application/json", 500, null, FetchFault.Status },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Only_a_200_with_JSON_is_a_document(string type, int status, string? to, FetchFault? fault)
    {
        foreign.Publish("/elsewhere", "{}");
        foreign.Publish(
            "/one",
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = type.Length == 0 ? null : type;
                context.Response.Headers.Location = to is null ? default : foreign.At(to);
                return context.Response.WriteAsync("{}", Cancel);
            }
        );
        using var documents = Documents();

        Assert.Equal(fault, (await GetAsync(documents, "/one")).Fault);
        Assert.Equal(0, foreign.Asked("/elsewhere"));
    }

    [Theory]
    [InlineData(64 * 1024, true, true)]
    [InlineData((64 * 1024) + 1, true, false)]
    [InlineData((64 * 1024) + 1, false, false)]
    [InlineData(8 * 1024 * 1024, false, false)]
    public async Task One_that_is_too_long_is_not_read_to_its_end(int length, bool announced, bool taken)
    {
        foreign.Publish(
            "/long",
            async context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = announced ? length : null;
                await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(new string(' ', length)), Cancel);
            }
        );
        using var documents = Documents();

        Assert.Equal(taken, (await GetAsync(documents, "/long")).Value is not null);
    }

    [Fact]
    public async Task Nothing_is_unpacked_and_nothing_of_ours_is_sent_along()
    {
        foreign.Publish(
            "/packed",
            context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.Headers.ContentEncoding = "gzip";
                context.Response.Headers.SetCookie = "a=b";
                return context.Response.WriteAsync("{}", Cancel);
            }
        );
        using var documents = Documents();
        using var trace = new System.Diagnostics.Activity("a request").Start();

        Assert.Equal(FetchFault.Unreadable, (await GetAsync(documents, "/packed")).Fault);
        time.Advance(TimeSpan.FromMinutes(2));
        await GetAsync(documents, "/packed");

        Assert.Equal(["Accept", "Host", "User-Agent"], foreign.Seen);
    }

    [Fact]
    public async Task A_document_that_comes_drop_by_drop_is_given_up_in_time()
    {
        foreign.Publish(
            "/drops",
            async context =>
            {
                context.Response.ContentType = "application/json";
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.WriteAsync(" ", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await Task.Delay(100, context.RequestAborted);
                }
            }
        );
        using var documents = Documents();

        var fetched = await GetAsync(documents, "/drops").AsTask().WaitAsync(TimeSpan.FromSeconds(8), Cancel);

        Assert.Equal(FetchFault.Unreachable, fetched.Fault);
    }

    [Theory]
    [InlineData("https://127.0.0.1")]
    [InlineData("https://localhost")]
    [InlineData("https://inside.example")]
    [InlineData("https://both.example")]
    [InlineData("https://mapped.example")]
    [InlineData("https://[::1]")]
    [InlineData("https://2130706433")]
    [InlineData("http://127.0.0.1")]
    public async Task Outside_of_Development_nothing_connects_to_an_address_that_is_not_public(string at)
    {
        using var listener = TcpListener.Create(0);
        listener.Start();
        var connecting = listener.AcceptSocketAsync(Cancel).AsTask();
        using var documents = Documents(Inside with { Anywhere = false });

        var uri = $"{at}:{((IPEndPoint)listener.LocalEndpoint).Port}/one";
        var fetched = await documents.GetAsync<string>(uri, Somebody, Read, Cancel);

        Assert.Null(fetched.Value);
        Assert.False(connecting.IsCompleted);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_connected_to_what_was_resolved()
    {
        var resolved = 0;
        foreign.Publish("/one", "{}");
        using var documents = Documents(
            new OutboundRules(Anywhere: true)
            {
                Resolve = _ => Interlocked.Increment(ref resolved) == 1 ? [IPAddress.Loopback] : [],
            }
        );
        var uri = foreign.At("/one").Replace("127.0.0.1", "rebinding.example", StringComparison.Ordinal);

        Assert.Equal("{}", (await documents.GetAsync<string>(uri, Somebody, Read, Cancel)).Value);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(FetchFault.Unreachable, (await documents.GetAsync<string>(uri, Somebody, Read, Cancel)).Fault);

        Assert.Equal(2, resolved);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/one")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user@127.0.0.1/one")]
    [InlineData("/one")]
    [InlineData("")]
    public async Task What_is_no_address_of_a_document_is_not_asked(string uri)
    {
        using var documents = Documents();
        Assert.Equal(FetchFault.Forbidden, (await documents.GetAsync<string>(uri, Somebody, Read, Cancel)).Fault);
    }

    [Fact]
    public async Task Something_newer_is_fetched_at_most_once_a_minute_and_a_failure_keeps_what_there_was()
    {
        foreign.Publish("/keys", "{}", "max-age=3600");
        using var documents = Documents();
        var seen = await GetAsync(documents, "/keys");

        Assert.Same(seen, await RenewAsync(documents, seen));
        time.Advance(TimeSpan.FromSeconds(6));
        foreign.Publish("/keys", """{"new":1}""", "max-age=3600");
        var newer = await RenewAsync(documents, seen);
        Assert.Equal("""{"new":1}""", newer.Value);
        foreign.Publish(
            "/keys",
            context =>
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            }
        );
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Same(newer, await RenewAsync(documents, newer));
        Assert.Equal(2, foreign.Asked("/keys"));
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Same(newer, await RenewAsync(documents, newer));
        Assert.Same(newer, await GetAsync(documents, "/keys"));
        Assert.Equal(3, foreign.Asked("/keys"));
    }

    [Fact]
    public async Task What_one_makes_us_fetch_is_bounded_and_in_nobody_elses_way()
    {
        var bounds = new FetchBounds(Documents: 4, AtOnce: 3, AtOncePerPayer: 2, new(3, TimeSpan.FromMinutes(1)));
        var gate = new TaskCompletionSource();
        foreach (var path in new[] { "/a", "/b", "/c", "/d" })
        {
            foreign.Publish(path, async context => await gate.Task);
        }

        foreign.Publish("/quick", "{}");
        using var documents = Documents(bounds: new(FetchBounds.Registered, bounds));

        var one = GetAsync(documents, "/a", FetchPayer.Stranger("1")).AsTask();
        var two = GetAsync(documents, "/b", FetchPayer.Stranger("1")).AsTask();
        Assert.Equal(FetchFault.TooMany, (await GetAsync(documents, "/c", FetchPayer.Stranger("1"))).Fault);
        var three = GetAsync(documents, "/c", FetchPayer.Stranger("2")).AsTask();
        Assert.Equal(FetchFault.TooMany, (await GetAsync(documents, "/d", FetchPayer.Stranger("3"))).Fault);
        Assert.Equal("{}", (await GetAsync(documents, "/quick", Somebody)).Value);
        gate.SetResult();
        await Task.WhenAll(one, two, three);

        Assert.Equal("{}", (await GetAsync(documents, "/quick", FetchPayer.Stranger("1"))).Value);
        Assert.Equal(FetchFault.TooMany, (await GetAsync(documents, "/d", FetchPayer.Stranger("1"))).Fault);
        Assert.Equal("{}", (await GetAsync(documents, "/quick", FetchPayer.Stranger("1"))).Value);
    }

    [Fact]
    public async Task No_more_than_so_many_are_remembered_and_the_oldest_goes()
    {
        var bounds = new FetchBounds(Documents: 2, AtOnce: 2, AtOncePerPayer: 2, new(100, TimeSpan.FromMinutes(1)));
        using var documents = Documents(bounds: new(bounds, bounds));
        foreach (var path in new[] { "/a", "/b", "/c", "/c", "/b", "/a" })
        {
            foreign.Publish(path, "{}");
            await GetAsync(documents, path);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((2, 1, 1), (foreign.Asked("/a"), foreign.Asked("/b"), foreign.Asked("/c")));
    }

    private static OutboundRules Inside { get; } =
        new(Anywhere: true)
        {
            Resolve = name =>
                name switch
                {
                    "inside.example" => [IPAddress.Loopback],
                    "both.example" => [IPAddress.Parse("9.9.9.9"), IPAddress.IPv6Loopback],
                    "mapped.example" => [IPAddress.Loopback.MapToIPv6()],
                    _ => Dns.GetHostAddresses(name),
                },
        };

    private ForeignDocuments Documents(OutboundRules? rules = null, ForeignDocumentBounds? bounds = null) =>
        new(rules ?? new(Anywhere: true), bounds ?? ForeignDocumentBounds.Usual, RandomSource.System, time);

    private ValueTask<Fetched<string>> GetAsync(ForeignDocuments documents, string path, FetchPayer? payer = null) =>
        documents.GetAsync<string>(foreign.At(path), payer ?? Somebody, Read, Cancel);

    private static ValueTask<Fetched<string>> RenewAsync(ForeignDocuments documents, Fetched<string> seen) =>
        documents.RenewAsync(seen, Somebody, Read, Cancel);

    private static string? Read(byte[] json, out string? problem)
    {
        problem = null;
        return Encoding.UTF8.GetString(json);
    }
}
