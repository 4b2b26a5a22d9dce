using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Guards.Library;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards;

public sealed class ForwardAuthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_of_every_contract_is_let_in_and_named()
    {
        await using var server = await GuardCalls.StartAsync();
        var account = $"{await server.IdAsync()}";
        using var v2 = await server.Http.LoginV2Async();
        using var v3 = await server.Http.LoginV3Async();
        using var program = await server.Http.OAuth2TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret)
        );
        (string Token, string Subject, string Client)[] all =
        [
            (await v2.AccessOfSetAsync(), account, ""),
            ((await v3.JsonAsync()).GetProperty("access_token").GetString()!, account, ""),
            ((await program.JsonAsync()).GetProperty("access_token").GetString()!, Known.ClientId, Known.ClientId),
            (await server.ByCodeOfClientAsync(), account, Known.ClientId),
            (await server.ByCodeAsync(), account, ""),
        ];
        foreach (var (token, subject, client) in all)
        {
            foreach (var header in (string[])[$"Bearer {token}", $"bearer {token}", token])
            {
                using var answer = await server.GuardAsync("?scope=individuals.read", ("Authorization", header));
                Assert.Equal(200, (int)answer.StatusCode);
                Assert.Equal(subject, answer.Told("Subject"));
                Assert.Equal(client, answer.Told("Client"));
                Assert.Equal("access_token", answer.Told("Credential"));
                Assert.Equal(22, answer.Told("Session").Length);
                Assert.True(answer.Headers.CacheControl!.NoStore);
            }
        }
    }

    [Fact]
    public async Task A_key_needs_no_login()
    {
        await using var server = await GuardCalls.StartAsync();
        using var byKey = await server.GuardAsync("?scope=individuals.read", ("X-API-Key", Known.ApiKey));
        Assert.Equal("api_key", byKey.Told("Credential"));
        Assert.Equal($"{await server.IdAsync()}", byKey.Told("Subject"));
        Assert.Equal("individuals.read", byKey.Told("Scope"));

        foreach (var header in (string[])["Subscription-Key", "Ocp-Apim-Subscription-Key"])
        {
            using var bySubscription = await server.GuardAsync(
                "?scope=individuals.read",
                (header, Known.SubscriptionKey)
            );
            Assert.Equal("subscription_key", bySubscription.Told("Credential"));
            Assert.Equal("starter", bySubscription.Told("Product"));
        }

        // In the query of the client's request, which the proxy names.
        Assert.Equal(
            200,
            await server.StatusAsync(
                "",
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "api.example.test"),
                ("X-Forwarded-Uri", $"/individuals?subscription-key={Known.SecondaryKey}")
            )
        );
    }

    [Fact]
    public async Task All_that_is_sent_has_to_be_good_and_of_one_account()
    {
        await using var server = await GuardCalls.StartAsync();
        using var login = await server.Http.LoginV2Async();
        var bearer = ("Authorization", $"Bearer {await login.AccessOfSetAsync()}");
        Assert.Equal(200, await server.StatusAsync("", bearer, ("Subscription-Key", Known.SubscriptionKey)));
        Assert.Equal(401, await server.StatusAsync("", bearer, ("Subscription-Key", Known.InactiveSubscriptionKey)));
        Assert.Equal(401, await server.StatusAsync("", bearer, ("Subscription-Key", Known.OtherSubscriptionKey)));
        Assert.Equal(
            401,
            await server.StatusAsync(
                "",
                bearer,
                ("Subscription-Key", Known.SubscriptionKey),
                ("Ocp-Apim-Subscription-Key", Known.SecondaryKey)
            )
        );
        Assert.Equal(401, await server.StatusAsync("", bearer, ("X-API-Key", Known.ApiKey)));
        Assert.Equal(401, await server.StatusAsync("", ("X-API-Key", Known.ApiKey), ("X-API-Key", "another")));
        Assert.Equal(401, await server.StatusAsync("", ("X-API-Key", "unknown")));
        Assert.Equal(401, await server.StatusAsync("", ("X-API-Key", "")));
        Assert.Equal(401, await server.StatusAsync("", ("Authorization", "Bearer garbage")));
        Assert.Equal(401, await server.StatusAsync());
    }

    [Fact]
    public async Task Scope_and_audience_are_the_proxys_to_ask_for()
    {
        await using var server = await GuardCalls.StartAsync();
        var key = ("X-API-Key", Known.ApiKey);
        using var lacking = await server.GuardAsync("?scope=individuals.read+individuals.write", key);
        Assert.Equal(403, (int)lacking.StatusCode);
        Assert.Contains(
            "error=\"insufficient_scope\", scope=\"individuals.read individuals.write\"",
            $"{lacking.Headers.WwwAuthenticate}",
            StringComparison.Ordinal
        );
        Assert.Equal(200, await server.StatusAsync($"?audience={Uri.EscapeDataString(GuardCalls.Api)}", key));
        Assert.Equal(401, await server.StatusAsync("?audience=https%3A%2F%2Fother.example.test", key));
        using var login = await server.Http.LoginV3Async();
        var token = (await login.JsonAsync()).GetProperty("access_token").GetString();
        Assert.Equal(
            401,
            await server.StatusAsync("?audience=https%3A%2F%2Fother.example.test", ("Authorization", $"Bearer {token}"))
        );
    }

    [Theory]
    [InlineData("?scopes=individuals.write")]
    [InlineData("?Scope2=x&scope=individuals.read")]
    [InlineData("?scope=")]
    [InlineData("?scope=%22")]
    [InlineData("?audience=")]
    [InlineData("?audience=a&audience=b")]
    public async Task A_rule_that_is_not_understood_lets_nobody_in(string query)
    {
        await using var server = await GuardCalls.StartAsync();
        Assert.Equal(400, await server.StatusAsync(query, ("X-API-Key", Known.ApiKey)));
    }

    [Fact]
    public async Task A_query_that_is_the_clients_own_lets_nobody_in()
    {
        await using var server = await GuardCalls.StartAsync();
        Assert.Equal(
            400,
            await server.StatusAsync(
                "?audience=https%3A%2F%2Fother.example.test",
                ("X-API-Key", Known.ApiKey),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "api.example.test"),
                ("X-Forwarded-Uri", "/individuals?audience=https%3A%2F%2Fother.example.test")
            )
        );
    }

    [Theory]
    [InlineData("/forward-auth/envoy/../../.well-known/jwks.json")]
    [InlineData("/forward-auth/../.well-known/jwks.json")]
    [InlineData("/forward-auth/%2e%2e/.well-known/jwks.json")]
    [InlineData("/forward-auth/envoy//health/live")]
    [InlineData("/FORWARD-AUTH/health/live")]
    [InlineData("/forward-auth/anything")]
    public async Task No_path_of_a_client_leaves_the_guard(string target)
    {
        await using var server = await GuardCalls.StartAsync();
        using var answer = await RawRequest.SendAsync(server, "GET", target, null);
        Assert.True((int)answer.StatusCode is 401 or 404, $"{answer.StatusCode}");
    }

    [Fact]
    public async Task Of_a_proxy_that_is_not_named_nothing_is_believed()
    {
        await using var server = await PortalServer.StartAsync([
            "Turnstone:Limits:RefusalsPerNetwork:Count=3",
            "Turnstone:Limits:RefusalsPerNetwork:Seconds=60",
        ]);
        Assert.Equal(
            401,
            await server.StatusAsync(
                "",
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "api.example.test"),
                ("X-Forwarded-Uri", $"/individuals?subscription-key={Known.SubscriptionKey}")
            )
        );
        for (var guess = 1; guess <= 4; guess++)
        {
            Assert.Equal(
                guess <= 3 ? 401 : 429,
                await server.StatusAsync("", ("X-API-Key", "guess"), ("X-Forwarded-For", $"203.0.113.{guess}"))
            );
        }
    }

    [Fact]
    public async Task Other_methods_are_405()
    {
        await using var server = await GuardCalls.StartAsync();
        using var answer = await server.Http.PostAsync("/forward-auth", null, Cancel);
        Assert.Equal(405, (int)answer.StatusCode);
    }

    [Fact]
    public async Task What_is_handed_on_fits_into_a_header_and_every_name_is_there()
    {
        await using var server = await GuardCalls.StartAsync();
        var subscriptions = server.Of<ISubscriptionStore>();
        var product = (await subscriptions.ListProductsAsync(Cancel))[0];
        await subscriptions.SaveProductAsync(
            product with
            {
                Name = "100 % Prüfung\r\n",
            },
            new()
            {
                Event = AuditEvent.ProductChanged,
                At = server.Time.Now,
                Caller = Caller.Operator,
            },
            Cancel
        );
        await server.Of<Products>().RefreshAsync(Cancel);

        using var answer = await server.GuardAsync("", ("Subscription-Key", Known.SubscriptionKey));
        Assert.Equal("100 %25 Pr%C3%BCfung%0D%0A", answer.Told("Product"));
        Assert.Equal(
            ["Acr", "Actor", "Client", "Credential", "Key", "Product", "Scope", "Session", "Subject"],
            answer
                .Headers.Where(header => header.Key.StartsWith("Turnstone-", StringComparison.Ordinal))
                .Select(header => header.Key["Turnstone-".Length..])
                .Order(StringComparer.Ordinal)
        );
        var page = await File.ReadAllTextAsync($"{Repository.Root}/docs/forward-auth.md", Cancel);
        Assert.All(
            answer.Headers.Where(header => header.Key.StartsWith("Turnstone-", StringComparison.Ordinal)),
            header => Assert.Contains($"| `{header.Key}` |", page, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Who_guesses_is_told_to_wait_and_a_good_key_notices_nothing()
    {
        await using var server = await GuardCalls.StartAsync(
            null,
            ["Turnstone:Limits:RefusalsPerNetwork:Count=3", "Turnstone:Limits:RefusalsPerNetwork:Seconds=60"]
        );
        for (var guess = 0; guess < 3; guess++)
        {
            Assert.Equal(401, await server.StatusAsync("", ("X-API-Key", $"guess {guess}"), From("203.0.113.9")));
        }

        using var limited = await server.GuardAsync("", ("X-API-Key", "guess 4"), From("203.0.113.9"));
        Assert.Equal(429, (int)limited.StatusCode);
        Assert.NotNull(limited.Headers.RetryAfter);
        Assert.Equal(401, await server.StatusAsync("", ("X-API-Key", "guess 5"), From("203.0.113.10")));
        Assert.Equal(200, await server.StatusAsync("", ("X-API-Key", Known.ApiKey), From("203.0.113.9")));

        static (string, string) From(string address) => ("X-Forwarded-For", $"198.51.100.7, {address}");
    }
}
