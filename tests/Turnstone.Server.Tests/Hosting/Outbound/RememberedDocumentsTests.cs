using Microsoft.AspNetCore.Http;
using Turnstone.Foreign;
using Turnstone.Server.Hosting.Outbound;

namespace Turnstone.Server.Tests.Hosting.Outbound;

/// <summary>For how long a foreign document is remembered, and how much of it is fetched and kept.</summary>
public sealed class RememberedDocumentsTests : ForeignDocumentTest
{
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
        Foreign.Publish("/one", "{}", cacheControl);
        using var documents = Documents();

        Assert.Equal("{}", (await GetAsync(documents, "/one")).Value);
        Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal("{}", (await GetAsync(documents, "/one")).Value);

        Assert.Equal(asked, Foreign.Asked("/one"));
    }

    [Theory]
    [InlineData("Expires", "Mon, 05 Jan 2026 12:20:00 GMT", 1199, 1)]
    [InlineData("Expires", "Mon, 05 Jan 2026 12:20:00 GMT", 1201, 2)]
    [InlineData("Expires", "0", 61, 2)]
    [InlineData("Age", "3000", 61, 2)]
    public async Task Older_headers_count_too(string name, string value, int seconds, int asked)
    {
        Foreign.Publish(
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
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await GetAsync(documents, "/one");

        Assert.Equal(asked, Foreign.Asked("/one"));
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_fetch_and_none_of_them_ends_it()
    {
        var gate = new TaskCompletionSource();
        Foreign.Publish(
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

        var first = documents.GetAsync<string>(Foreign.At("/slow"), Somebody, Read, impatient.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => GetAsync(documents, "/slow").AsTask()).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.All(await Task.WhenAll(others), one => Assert.Equal("{}", one.Value));
        Assert.Equal(1, Foreign.Asked("/slow"));
    }

    [Fact]
    public async Task What_is_missing_is_not_asked_for_again_at_once()
    {
        using var documents = Documents();

        var first = await GetAsync(documents, "/later");
        Foreign.Publish("/later", "{}");
        Time.Advance(TimeSpan.FromSeconds(29));
        var second = await GetAsync(documents, "/later");
        Time.Advance(TimeSpan.FromSeconds(2));
        var third = await GetAsync(documents, "/later");

        Assert.Equal((FetchFault.Status, FetchFault.Status), (first.Fault, second.Fault));
        Assert.Contains("404", first.Sentence, StringComparison.Ordinal);
        Assert.Equal("{}", third.Value);
        Assert.Equal(2, Foreign.Asked("/later"));
    }

    [Fact]
    public async Task Something_newer_is_fetched_at_most_once_a_minute_and_a_failure_keeps_what_there_was()
    {
        Foreign.Publish("/keys", "{}", "max-age=3600");
        using var documents = Documents();
        var seen = await GetAsync(documents, "/keys");

        Assert.Same(seen, await RenewAsync(documents, seen));
        Time.Advance(TimeSpan.FromSeconds(6));
        Foreign.Publish("/keys", """{"new":1}""", "max-age=3600");
        var newer = await RenewAsync(documents, seen);
        Assert.Equal("""{"new":1}""", newer.Value);
        Foreign.Publish(
            "/keys",
            context =>
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            }
        );
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Same(newer, await RenewAsync(documents, newer));
        Assert.Equal(2, Foreign.Asked("/keys"));
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Same(newer, await RenewAsync(documents, newer));
        Assert.Same(newer, await GetAsync(documents, "/keys"));
        Assert.Equal(3, Foreign.Asked("/keys"));
    }

    [Fact]
    public async Task What_one_makes_us_fetch_is_bounded_and_in_nobody_elses_way()
    {
        var bounds = new FetchBounds(Documents: 4, AtOnce: 3, AtOncePerPayer: 2, new(3, TimeSpan.FromMinutes(1)));
        var gate = new TaskCompletionSource();
        foreach (var path in new[] { "/a", "/b", "/c", "/d" })
        {
            Foreign.Publish(path, async context => await gate.Task);
        }

        Foreign.Publish("/quick", "{}");
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
            Foreign.Publish(path, "{}");
            await GetAsync(documents, path);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((2, 1, 1), (Foreign.Asked("/a"), Foreign.Asked("/b"), Foreign.Asked("/c")));
    }

    private static ValueTask<Fetched<string>> RenewAsync(ForeignDocuments documents, Fetched<string> seen) =>
        documents.RenewAsync(seen, Somebody, Read, Cancel);
}
