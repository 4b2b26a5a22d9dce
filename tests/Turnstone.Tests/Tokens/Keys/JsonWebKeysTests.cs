using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

public sealed class JsonWebKeysTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_key_shows_its_public_members_and_no_other()
    {
        var ring = await StartAsync();

        var keys = Keys(new JsonWebKeys(ring)).ToDictionary(key => (string)key["alg"]!);

        Assert.Equal(["use", "alg", "kid", "crv", "kty", "x", "y"], keys["ES256"].Select(member => member.Key));
        Assert.Equal(["use", "alg", "kid", "e", "kty", "n"], keys["RS256"].Select(member => member.Key));
        Assert.All(keys.Values, key => Assert.Equal("sig", (string?)key["use"]));
        Assert.Equal("P-256", (string?)keys["ES256"]["crv"]);
        Assert.Equal("AQAB", (string?)keys["RS256"]["e"]);
    }

    [Fact]
    public async Task A_kid_is_the_beginning_of_the_keys_thumbprint()
    {
        foreach (var key in Keys(new JsonWebKeys(await StartAsync())))
        {
            var members = key.Where(member => member.Key is not ("use" or "alg" or "kid"))
                .OrderBy(member => member.Key, StringComparer.Ordinal);
            var canonical = new JsonObject(
                members.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))
            ).ToJsonString();
            var thumbprint = Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

            Assert.Equal(thumbprint[..16], (string?)key["kid"]);
        }
    }

    [Fact]
    public async Task The_document_is_made_once_for_each_state_of_the_ring()
    {
        var ring = await StartAsync();
        var jwks = new JsonWebKeys(ring);
        var before = jwks.Document;
        Assert.True(before.Equals(jwks.Document), "It is the same memory.");

        await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel);
        await ring.LoadAsync(Cancel);

        Assert.Equal(3, Keys(jwks).Count);
    }

    [Fact]
    public async Task A_waiting_key_is_shown_and_a_retired_one_is_not()
    {
        var ring = await StartAsync();
        var retired = ring.Signing(SigningAlgorithm.ES256).Kid;
        var waiting = await ring.RotateAsync(SigningAlgorithm.RS256, Caller.Operator, Cancel);
        await ring.RetireAsync(retired, Caller.Operator, Cancel);

        var kids = Keys(new JsonWebKeys(ring)).Select(key => (string)key["kid"]!).ToList();

        Assert.Contains(waiting.Kid, kids);
        Assert.DoesNotContain(retired, kids);
    }

    private static List<JsonObject> Keys(JsonWebKeys jwks) =>
        [.. JsonNode.Parse(jwks.Document.Span)!["keys"]!.AsArray().Select(key => key!.AsObject())];

    private async Task<SigningKeyRing> StartAsync()
    {
        var ring = FirstKeys.Ring(new InMemorySigningKeyStore(await FirstKeys.RecordsAsync()), time);
        await ring.LoadAsync(Cancel);
        return ring;
    }
}
