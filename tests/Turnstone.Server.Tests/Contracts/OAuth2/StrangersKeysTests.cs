using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Directory.Metadata;
using Turnstone.Foreign;
using Turnstone.Model;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>
/// The <c>jwks_uri</c> of a client that nobody has vouched for, one that has registered or described itself, leads
/// nowhere inside (RFC 7591 §5), and what it does not answer is nobody else's trouble.
/// </summary>
public sealed class StrangersKeysTests : IAsyncLifetime
{
    private const string Unanswered = "The keys of the client cannot be had now";

    private readonly ClientKey key = ClientKey.Ec();

    private ForeignServer foreign = null!;
    private int described;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => foreign = await ForeignServer.StartAsync();

    public ValueTask DisposeAsync()
    {
        key.Dispose();
        return foreign.DisposeAsync();
    }

    [Fact]
    public async Task Outside_of_Development_nothing_connects_to_an_address_that_is_not_public()
    {
        using var listener = TcpListener.Create(0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var connecting = listener.AcceptSocketAsync(Cancel).AsTask();
        await using (var server = await StartAsync(new(Anywhere: false) { Resolve = Resolve }))
        {
            string[] hosts =
            [
                "inside.example",
                "both.example",
                "mapped.example",
                "localhost",
                "127.0.0.1",
                "2130706433",
                "0x7f.1",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
            ];
            foreach (var host in hosts)
            {
                foreach (var client in await BothAsync(server, $"https://{host}:{port}/jwks.json"))
                {
                    using var answer = await PushAsync(server, client);
                    await AssertAsync(answer, HttpStatusCode.ServiceUnavailable, Unanswered);
                }
            }
        }

        Assert.False(connecting.IsCompleted);

        // What the others are held against.
        await using var development = await StartAsync(new(Anywhere: true));
        var asking = PushAsync(development, await RegisterAsync(development, $"https://127.0.0.1:{port}/jwks.json"));
        (await connecting).Dispose();
        using var broken = await asking;
        await AssertAsync(broken, HttpStatusCode.ServiceUnavailable, Unanswered);
    }

    [Theory]
    [InlineData(StatusCodes.Status301MovedPermanently)]
    [InlineData(StatusCodes.Status302Found)]
    [InlineData(StatusCodes.Status307TemporaryRedirect)]
    [InlineData(StatusCodes.Status308PermanentRedirect)]
    public async Task No_redirect_is_followed(int status)
    {
        foreign.Publish("/inside", ClientKey.Set(key));
        foreign.Publish(
            "/moved",
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = foreign.At("/inside");
                return Task.CompletedTask;
            }
        );
        await using var server = await StartAsync(new(Anywhere: true));

        foreach (var client in await BothAsync(server, foreign.At("/moved")))
        {
            using var answer = await PushAsync(server, client);
            await AssertAsync(answer, HttpStatusCode.Unauthorized, $"answers {status}; it must answer 200");
        }

        Assert.Equal((1, 0), (foreign.Asked("/moved"), foreign.Asked("/inside")));
    }

    [Fact]
    public async Task Slow_and_endless_ones_cost_their_clients_a_clear_error_and_nobody_else_anything()
    {
        foreign.Publish("/jwks.json", ClientKey.Set(key));
        foreign.Publish("/silent", context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        foreign.PublishEndless("/endless");

        // As many at once as the four below: they would stand in the way of a client that was made here.
        await using var server = await StartAsync(
            new(Anywhere: true),
            new(FetchBounds.Registered with { AtOnce = 4 }, FetchBounds.Strangers)
        );
        await AssertingClient.AddAsync(
            server,
            key,
            client => client with { Keys = null, KeysUri = foreign.At("/jwks.json") }
        );
        string[] four =
        [
            await RegisterAsync(server, foreign.At("/silent?of=1")),
            await RegisterAsync(server, foreign.At("/endless?of=1")),
            await DescribeAsync(server, foreign.At("/silent?of=2")),
            await DescribeAsync(server, foreign.At("/endless?of=2")),
        ];
        var fifth = await RegisterAsync(server, foreign.At("/jwks.json"));
        var asking = four.Select(client => PushAsync(server, client)).ToArray();
        while (foreign.Asked("/silent") + foreign.Asked("/endless") < asking.Length)
        {
            await Task.Yield();
            Cancel.ThrowIfCancellationRequested();
        }

        using var beside = await server.FormAsync(
            "/oauth2/token",
            $"{AssertingClient.Grant}&{AssertingClient.Proof(server, key)}"
        );
        Assert.Equal(HttpStatusCode.OK, beside.StatusCode);
        foreach (var one in asking)
        {
            using var answer = await one.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
            await AssertAsync(answer, HttpStatusCode.ServiceUnavailable, Unanswered);
        }

        using var later = await PushAsync(server, fifth);
        Assert.Equal(HttpStatusCode.Created, later.StatusCode);
    }

    private static IPAddress[] Resolve(string name) =>
        name switch
        {
            "inside.example" => [IPAddress.Loopback],
            "both.example" => [IPAddress.Parse("9.9.9.9"), IPAddress.IPv6Loopback],
            "mapped.example" => [IPAddress.Loopback.MapToIPv6()],
            _ => Dns.GetHostAddresses(name),
        };

    /// <summary>A server that takes anybody. Documents of clients come from anywhere: this is about keys.</summary>
    private static Task<TurnstoneServer> StartAsync(OutboundRules rules, ForeignDocumentBounds? bounds = null) =>
        TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [Registering.Open],
            services =>
                services
                    .Replace(ServiceDescriptor.Singleton(rules))
                    .Replace(ServiceDescriptor.Singleton(bounds ?? ForeignDocumentBounds.Usual))
                    .AddSingleton<ForeignDocuments>()
                    .Replace(ServiceDescriptor.Singleton<IForeignDocuments, DescriptionsFromAnywhere>())
        );

    private async Task<string[]> BothAsync(TurnstoneServer server, string keys) =>
        [await RegisterAsync(server, keys), await DescribeAsync(server, keys)];

    private static async Task<string> RegisterAsync(TurnstoneServer server, string keys)
    {
        var metadata = Registering.Metadata();
        (metadata["token_endpoint_auth_method"], metadata["jwks_uri"]) = ("private_key_jwt", keys);
        return await server.RegisterAsync(metadata).MemberAsync("client_id");
    }

    /// <summary>One whose document the server has read already.</summary>
    private async Task<string> DescribeAsync(TurnstoneServer server, string keys)
    {
        var changes = new JsonObject { ["token_endpoint_auth_method"] = "private_key_jwt", ["jwks_uri"] = keys };
        var client = foreign.Publish(changes, $"/client-{described++}.json");
        using var unproven = await server.FormAsync("/oauth2/par", Request(client));
        Assert.Equal("invalid_client", await Registering.ErrorAsync(unproven));
        return client;
    }

    private Task<HttpResponseMessage> PushAsync(TurnstoneServer server, string client) =>
        server.FormAsync("/oauth2/par", $"{Request(client)}&{AssertingClient.Proof(server, key, client)}");

    private static string Request(string client) =>
        $"client_id={Uri.EscapeDataString(client)}&redirect_uri={Uri.EscapeDataString(DescribedClient.Redirect)}"
        + $"&response_type=code&code_challenge={AuthorizeUrl.Challenge}&code_challenge_method=S256";

    private static async Task AssertAsync(HttpResponseMessage answer, HttpStatusCode status, string sentence)
    {
        var error = status is HttpStatusCode.ServiceUnavailable ? "temporarily_unavailable" : "invalid_client";
        var body = await answer.BodyAsync();
        Assert.Equal((status, error), (answer.StatusCode, (string?)body["error"]));
        Assert.Contains(sentence, (string?)body["error_description"], StringComparison.Ordinal);
        TimeSpan? wait = status is HttpStatusCode.ServiceUnavailable ? TimeSpan.FromSeconds(30) : null;
        Assert.Equal(wait, answer.Headers.RetryAfter?.Delta);
    }

    private sealed class DescriptionsFromAnywhere(
        ForeignDocuments documents,
        ForeignDocumentBounds bounds,
        RandomSource random,
        TimeProvider time
    ) : IForeignDocuments, IDisposable
    {
        private readonly ForeignDocuments anywhere = new(new(Anywhere: true), bounds, random, time);

        public ValueTask<Fetched<T>> GetAsync<T>(
            string uri,
            FetchPayer payer,
            DocumentReader<T> read,
            CancellationToken cancellationToken
        )
            where T : class =>
            (typeof(T) == typeof(ClientMetadata) ? anywhere : documents).GetAsync(uri, payer, read, cancellationToken);

        public ValueTask<Fetched<T>> RenewAsync<T>(
            Fetched<T> seen,
            FetchPayer payer,
            DocumentReader<T> read,
            CancellationToken cancellationToken
        )
            where T : class => documents.RenewAsync(seen, payer, read, cancellationToken);

        public void Dispose() => anywhere.Dispose();
    }
}
