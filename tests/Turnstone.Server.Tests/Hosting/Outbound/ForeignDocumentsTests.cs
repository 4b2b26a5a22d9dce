using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Turnstone.Foreign;
using Turnstone.Server.Hosting.Outbound;

namespace Turnstone.Server.Tests.Hosting.Outbound;

/// <summary>What is taken for a foreign document, and where one is looked for at all.</summary>
public sealed class ForeignDocumentsTests : ForeignDocumentTest
{
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
        Foreign.Publish("/elsewhere", "{}");
        Foreign.Publish(
            "/one",
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = type.Length == 0 ? null : type;
                context.Response.Headers.Location = to is null ? default : Foreign.At(to);
                return context.Response.WriteAsync("{}", Cancel);
            }
        );
        using var documents = Documents();

        Assert.Equal(fault, (await GetAsync(documents, "/one")).Fault);
        Assert.Equal(0, Foreign.Asked("/elsewhere"));
    }

    [Theory]
    [InlineData(64 * 1024, true, true)]
    [InlineData((64 * 1024) + 1, true, false)]
    [InlineData((64 * 1024) + 1, false, false)]
    [InlineData(8 * 1024 * 1024, false, false)]
    public async Task One_that_is_too_long_is_not_read_to_its_end(int length, bool announced, bool taken)
    {
        Foreign.Publish(
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
        Foreign.Publish(
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
        Time.Advance(TimeSpan.FromMinutes(2));
        await GetAsync(documents, "/packed");

        Assert.Equal(["Accept", "Host", "User-Agent"], Foreign.Seen);
    }

    [Fact]
    public async Task A_document_that_comes_drop_by_drop_is_given_up_in_time()
    {
        Foreign.PublishEndless("/drops");
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
        Foreign.Publish("/one", "{}");
        using var documents = Documents(
            new OutboundRules(Anywhere: true)
            {
                Resolve = _ => Interlocked.Increment(ref resolved) == 1 ? [IPAddress.Loopback] : [],
            }
        );
        var uri = Foreign.At("/one").Replace("127.0.0.1", "rebinding.example", StringComparison.Ordinal);

        Assert.Equal("{}", (await documents.GetAsync<string>(uri, Somebody, Read, Cancel)).Value);
        Time.Advance(TimeSpan.FromHours(1));
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
}
