using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tests.Tokens.Keys;
using Turnstone.Tokens;

namespace Turnstone.Tests.Tokens;

/// <summary>What is taken, and what the claims of an authentic token must be.</summary>
public sealed class AccessTokenReaderTests
{
    [Theory]
    [InlineData(SigningAlgorithm.ES256, "JWT")]
    [InlineData(SigningAlgorithm.RS256, "JWT")]
    [InlineData(SigningAlgorithm.ES256, "at+jwt")]
    [InlineData(SigningAlgorithm.RS256, "at+jwt")]
    public async Task What_was_written_is_read_back(SigningAlgorithm algorithm, string type)
    {
        var bench = await TokenBench.StartAsync();

        Assert.Equal(bench.Claims(), bench.Takes(bench.Write(algorithm, type)));
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("at+jwt")]
    [InlineData("AT+JWT")]
    [InlineData("application/at+jwt")]
    public async Task The_type_of_an_access_token_is_taken_in_every_spelling(string type)
    {
        var bench = await TokenBench.StartAsync();

        bench.Takes(bench.WithHeader(header => header["typ"] = type));
    }

    [Fact]
    public async Task The_audience_may_be_one_of_several()
    {
        var bench = await TokenBench.StartAsync();

        var claims = bench.Takes(
            bench.WithClaims(claims =>
                claims["aud"] = new JsonArray("https://other.example.test", TokenBench.Issuer.Audience)
            )
        );

        Assert.Equal(TokenBench.Issuer.Audience, claims.Audience);
    }

    [Fact]
    public async Task Unknown_claims_and_header_members_are_passed_over()
    {
        var bench = await TokenBench.StartAsync();

        bench.Takes(bench.WithClaims(claims => claims["more"] = new JsonObject { ["jkt"] = "x" }));
        bench.Takes(bench.WithHeader(header => header["x5t"] = "x"));
    }

    [Fact]
    public async Task A_token_that_is_bound_to_a_key_is_read_by_who_asks_for_its_proof_alone()
    {
        var bench = await TokenBench.StartAsync();
        const string Key = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
        var bound = bench.WithClaims(claims => claims["cnf"] = new JsonObject { ["jkt"] = Key });

        Assert.Equal(AccessTokenFault.Bound, bench.Reader.Read(bound).Fault);
        Assert.Equal(Key, bench.Reader.ReadAny(bound).Claims?.KeyThumbprint);
        Assert.Equal(AccessTokenFault.Bound, bench.Reader.Read(bound).Fault);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"")]
    [InlineData("{\"jkt\":\"x\"}")]
    [InlineData("{\"jkt\":7}")]
    [InlineData("{\"x5t#S256\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}")]
    public async Task A_token_that_is_bound_in_a_way_that_is_not_understood_is_refused(string cnf)
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.WithClaims(claims => claims["cnf"] = JsonNode.Parse(cnf));

        Assert.Equal(AccessTokenFault.ClaimsRefused, bench.Reader.ReadAny(token).Fault);
    }

    [Fact]
    public async Task A_token_of_our_own_is_taken_with_more_scopes_than_a_request_may_name()
    {
        var bench = await TokenBench.StartAsync();
        var many = Enumerable.Range(0, 60).Select(i => $"https://api.example/{i:d3}").ToArray();

        var claims = bench.Takes(bench.WithClaims(claims => claims["scope"] = string.Join(' ', many)));

        Assert.Equal(many, claims.Scopes.Names);
    }

    [Fact]
    public async Task A_token_without_scope_and_client_has_none()
    {
        var bench = await TokenBench.StartAsync();

        var claims = bench.Takes(bench.WithClaims(_ => { }));

        Assert.True(claims.Scopes.IsEmpty);
        Assert.Null(claims.ClientId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task No_token_is_told_from_a_bad_one(string? token)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(AccessTokenFault.Missing, token);
    }

    [Fact]
    public async Task Another_issuer_is_refused()
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(
            AccessTokenFault.WrongIssuer,
            bench.WithClaims(claims => claims["iss"] = TokenBench.Issuer.Issuer + "/")
        );
    }

    [Fact]
    public async Task Another_audience_is_refused()
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(
            AccessTokenFault.WrongAudience,
            bench.WithClaims(claims => claims["aud"] = "https://other.example.test")
        );
        bench.Refuses(
            AccessTokenFault.WrongAudience,
            bench.WithClaims(claims => claims["aud"] = new JsonArray("https://other.example.test"))
        );
        bench.Refuses(AccessTokenFault.WrongAudience, bench.WithClaims(claims => claims["aud"] = new JsonArray()));
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("sub")]
    [InlineData("aud")]
    [InlineData("iat")]
    [InlineData("exp")]
    [InlineData("jti")]
    [InlineData("sid")]
    public async Task A_token_without_a_needed_claim_is_refused(string claim)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(AccessTokenFault.ClaimsRefused, bench.WithClaims(claims => claims.Remove(claim)));
        bench.Refuses(
            claim == "aud" ? AccessTokenFault.WrongAudience : AccessTokenFault.ClaimsRefused,
            bench.WithClaims(claims => claims[claim] = null)
        );
    }

    [Theory]
    [InlineData("iss", "1")]
    [InlineData("sub", "1")]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", "\"\\ud800\"")]
    [InlineData("iat", "\"1767614400\"")]
    [InlineData("exp", "\"1767614400\"")]
    [InlineData("exp", "1e400")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "9223372036854775807")]
    [InlineData("exp", "253402300799")]
    [InlineData("exp", "true")]
    [InlineData("nbf", "\"1767614400\"")]
    [InlineData("jti", "{}")]
    [InlineData("sid", "\"short\"")]
    [InlineData("sid", "7")]
    [InlineData("client_id", "7")]
    [InlineData("scope", "[\"individuals.read\"]")]
    [InlineData("scope", "\"a\\\"b\"")]
    public async Task A_claim_of_the_wrong_type_is_refused(string claim, string json)
    {
        var bench = await TokenBench.StartAsync();
        var payload = bench.Payload();
        payload.Remove(claim);

        bench.Refuses(
            AccessTokenFault.ClaimsRefused,
            bench.Sign(bench.Header().ToJsonString(), $"{payload.ToJsonString()[..^1]},\"{claim}\":{json}}}")
        );
    }

    [Fact]
    public async Task A_token_expires_ten_seconds_after_its_time_and_says_so()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write();

        bench.Time.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(9.9));
        bench.Takes(token);
        bench.Time.Advance(TimeSpan.FromSeconds(0.1));
        bench.Refuses(AccessTokenFault.Expired, token);
    }

    [Theory]
    [InlineData("iat")]
    [InlineData("nbf")]
    public async Task A_token_of_the_future_is_refused_until_ten_seconds_before_its_time(string claim)
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.WithClaims(claims => claims[claim] = bench.Time.Now.AddSeconds(60).ToUnixTimeSeconds());

        bench.Time.Advance(TimeSpan.FromSeconds(49.9));
        bench.Refuses(AccessTokenFault.NotYetValid, token);
        bench.Time.Advance(TimeSpan.FromSeconds(0.1));
        bench.Takes(token);
    }

    [Fact]
    public async Task A_token_of_a_revoked_session_is_refused()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write();
        bench.Takes(token);

        bench.Revoke(bench.Session, bench.Claims().ExpiresAt);

        bench.Refuses(AccessTokenFault.Revoked, token);
    }

    [Fact]
    public async Task Before_the_keys_were_read_no_token_is_judged()
    {
        var bench = await TokenBench.StartAsync();
        var reader = new AccessTokenReader(
            FirstKeys.Ring(bench.Keys, bench.Time),
            TokenBench.Issuer,
            bench.Revoked,
            bench.Time
        );

        Assert.Throws<StoreUnavailableException>(() => reader.Read(bench.Write()));
    }

    [Fact]
    public async Task Before_the_revocations_were_read_no_token_passes()
    {
        var bench = await TokenBench.StartAsync();
        var reader = new AccessTokenReader(
            bench.Ring,
            TokenBench.Issuer,
            new RevokedSessions(
                bench.Sessions,
                bench.Changes,
                new RevocationBounds(),
                new RevocationMeter(),
                bench.Time
            ),
            bench.Time
        );

        Assert.Throws<StoreUnavailableException>(() => reader.Read(bench.Write()));
    }
}
