using System.Net;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Portal.Guides;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Portal.Guides;

/// <summary>Each sample of "Protect your API" is run as it is shown, and asked with tokens of a real server.</summary>
public sealed class ProtectTests(ProtectedApis apis) : IClassFixture<ProtectedApis>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Apis => new(ProtectedApis.Run.Select(api => api.Title));

    private TurnstoneServer Server => apis.Server;

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_good_token_of_either_algorithm_is_let_through(string api)
    {
        using var login = await Server.Http.LoginV2Async();
        await AnswersAsync(api, await login.AccessOfSetAsync(), HttpStatusCode.OK);
        await AnswersAsync(api, await ProgramsTokenAsync(), HttpStatusCode.OK);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task The_API_learns_for_which_product_a_token_is(string api)
    {
        using var login = await Server.Http.LoginV2Async();
        foreach (
            var (token, product) in new[]
            {
                (await login.AccessOfSetAsync(), true),
                (await ProgramsTokenAsync(), false),
            }
        )
        {
            var (answer, story) = await apis.CallAsync(api, token);
            using var closing = answer;
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(text.Contains("starter", StringComparison.Ordinal) == product, $"{api}: {text} {story}");
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task No_token_and_a_bad_one_and_one_for_another_audience_or_of_another_issuer_are_401(string api)
    {
        var good = await ProgramsTokenAsync();
        var now = Server.Time.Now;
        await AnswersAsync(api, Written(now, now.AddHours(1)), HttpStatusCode.OK);

        string?[] refused =
        [
            null,
            "garbage",
            Damaged(good),
            Written(now.AddMinutes(-20), now.AddMinutes(-10)),
            Written(now, now.AddHours(1), audience: "https://other.example.test"),
            Written(now, now.AddHours(1), issuer: "https://other.example.test"),
        ];
        foreach (var token in refused)
        {
            await AnswersAsync(api, token, HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_token_without_the_scope_is_403(string api)
    {
        var account = await Server.IdAsync();
        var bare = await Server
            .Of<Turnstone.Directory.ApiKeys>()
            .CreateAsync(account, "bare", Scopes.None, null, Caller.Operator, Cancel);
        using var login = await Server.Http.LoginV3Async(bare.Text);
        await AnswersAsync(
            api,
            (await login.JsonAsync()).GetProperty("access_token").GetString(),
            HttpStatusCode.Forbidden
        );

        // A scope whose name only begins like it, or contains it, is another one.
        var now = Server.Time.Now;
        var alike = Written(now, now.AddHours(1), scopes: ["individuals.reader", "my-individuals.read"]);
        await AnswersAsync(api, alike, HttpStatusCode.Forbidden);
    }

    private async Task AnswersAsync(string api, string? token, HttpStatusCode expected)
    {
        var (answer, story) = await apis.CallAsync(api, token);
        using (answer)
        {
            Assert.True(answer.StatusCode == expected, $"{api}: {answer.StatusCode} for {token}. {story}");
            if (expected is HttpStatusCode.Unauthorized)
            {
                Assert.Contains("Bearer", $"{answer.Headers.WwwAuthenticate}", StringComparison.Ordinal);
            }
        }
    }

    private async Task<string> ProgramsTokenAsync()
    {
        using var answer = await Server.Http.OAuth2TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret),
            ("scope", "individuals.read")
        );
        return (await answer.JsonAsync()).GetProperty("access_token").GetString()!;
    }

    private IssuerAndAudience IssuedBy(string? issuer)
    {
        var own = Server.Of<IssuerAndAudience>();
        return issuer is null ? own : own with { Issuer = issuer };
    }

    /// <summary>A token that the server has signed, with what it would not write by itself.</summary>
    private string Written(
        DateTimeOffset from,
        DateTimeOffset until,
        string audience = "https://api.example.test",
        string? issuer = null,
        string[]? scopes = null
    ) =>
        new AccessTokenWriter(Server.Of<SigningKeyRing>(), IssuedBy(issuer)).Write(
            new AccessTokenClaims
            {
                Subject = "somebody",
                Audience = audience,
                IssuedAt = from,
                ExpiresAt = until,
                TokenId = "1",
                SessionId = SessionId.New(RandomSource.System, from),
                OpenedAfter = 0,
                Scopes = Scopes.Of(scopes ?? ["individuals.read"]),
            },
            SigningAlgorithm.ES256,
            "at+jwt"
        );

    /// <summary>With another signature: a character in its middle is another one.</summary>
    private static string Damaged(string token) => $"{token[..^40]}{(token[^40] == 'A' ? 'B' : 'A')}{token[^39..]}";
}
