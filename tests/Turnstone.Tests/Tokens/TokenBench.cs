using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tests.Directory;
using Turnstone.Tests.Tokens.Keys;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens;

/// <summary>
/// A writer and a reader over one ring, and the means to make any token at all, signed with the ring's own private
/// keys.
/// </summary>
internal sealed class TokenBench
{
    private TokenBench(InMemorySigningKeyStore keys)
    {
        Keys = keys;
        Ring = FirstKeys.Ring(keys, Time);
        Revoked = new RevokedSessions(Sessions, Changes, new RevocationBounds(), new RevocationMeter(), Time);
        Writer = new AccessTokenWriter(Ring, Issuer);
        Reader = NewReader();
    }

    public static IssuerAndAudience Issuer { get; } = new("https://tokens.example.test", "https://api.example.test");

    public FakeTimeProvider Time { get; } = new();

    public InMemorySigningKeyStore Keys { get; }

    public RevocationsOnly Sessions { get; } = new();

    public SigningKeyRing Ring { get; }

    public RevokedSessions Revoked { get; }

    public StoreChanges Changes { get; } = new();

    public void Revoke(SessionId session, DateTimeOffset until) =>
        Changes.Tell(ChangeKind.Revocations, new RevokedSession(session, Time.GetUtcNow(), until));

    public AccessTokenWriter Writer { get; }

    public AccessTokenReader Reader { get; }

    public SessionId Session { get; } = SessionId.New(RandomSource.System, DateTimeOffset.UnixEpoch);

    public static async Task<TokenBench> StartAsync()
    {
        var bench = new TokenBench(new InMemorySigningKeyStore(await FirstKeys.RecordsAsync()));
        await bench.Ring.LoadAsync(CancellationToken.None);
        await bench.Revoked.RefreshAsync(CancellationToken.None);
        return bench;
    }

    public AccessTokenReader NewReader(int cached = 1000) => new(Ring, Issuer, Revoked, Time, cached);

    public AccessTokenClaims Claims() =>
        new()
        {
            Subject = "ada",
            Audience = Issuer.Audience,
            ClientId = "shop",
            IssuedAt = Time.Now,
            ExpiresAt = Time.Now.AddMinutes(15),
            TokenId = "token-1",
            SessionId = Session,
            Scopes = Scopes.Of(["individuals.read", "profile"]),
        };

    public string Write(SigningAlgorithm algorithm = SigningAlgorithm.ES256, string type = "JWT") =>
        Writer.Write(Claims(), algorithm, type);

    public string Kid(SigningAlgorithm algorithm) => Ring.Signing(algorithm).Kid;

    public byte[] PrivateKey(SigningAlgorithm algorithm) =>
        FirstKeys.Open(Keys.Records.Single(key => key.Kid == Kid(algorithm)));

    public JsonObject Header(SigningAlgorithm algorithm = SigningAlgorithm.ES256) =>
        new()
        {
            ["typ"] = "JWT",
            ["alg"] = algorithm.ToString(),
            ["kid"] = Kid(algorithm),
        };

    public JsonObject Payload() =>
        new()
        {
            ["iss"] = Issuer.Issuer,
            ["sub"] = "ada",
            ["aud"] = Issuer.Audience,
            ["iat"] = Time.Now.ToUnixTimeSeconds(),
            ["exp"] = Time.Now.AddMinutes(15).ToUnixTimeSeconds(),
            ["jti"] = "token-1",
            ["sid"] = Session.ToString(),
        };

    /// <summary>A token with this header, signed as it should be.</summary>
    public string WithHeader(Action<JsonObject> change, SigningAlgorithm algorithm = SigningAlgorithm.ES256)
    {
        var header = Header(algorithm);
        change(header);
        return Sign(header.ToJsonString(), Payload().ToJsonString(), algorithm);
    }

    /// <summary>A token with these claims, signed as it should be.</summary>
    public string WithClaims(Action<JsonObject> change)
    {
        var payload = Payload();
        change(payload);
        return Sign(Header().ToJsonString(), payload.ToJsonString());
    }

    public string Sign(string header, string payload, SigningAlgorithm algorithm = SigningAlgorithm.ES256) =>
        Sign(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload), algorithm);

    public string Sign(byte[] header, byte[] payload, SigningAlgorithm algorithm = SigningAlgorithm.ES256) =>
        SignText($"{Base64UrlText.Encode(header)}.{Base64UrlText.Encode(payload)}", algorithm);

    /// <summary>Signs any text and puts the signature behind it.</summary>
    public string SignText(string text, SigningAlgorithm algorithm = SigningAlgorithm.ES256) =>
        $"{text}.{Base64UrlText.Encode(Signature(text, algorithm))}";

    public byte[] Signature(
        string text,
        SigningAlgorithm algorithm,
        DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation
    )
    {
        if (algorithm is SigningAlgorithm.RS256)
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(PrivateKey(algorithm), out _);
            return rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(PrivateKey(algorithm), out _);
        return ec.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, format);
    }

    public void Refuses(AccessTokenFault fault, string? token)
    {
        var reading = Reader.Read(token);
        Assert.Equal(fault, reading.Fault);
        Assert.False(reading.Good(out var claims));
        Assert.Null(claims);
    }

    public AccessTokenClaims Takes(string token)
    {
        var reading = Reader.Read(token);
        Assert.Null(reading.Fault);
        Assert.True(reading.Good(out var claims));
        return claims;
    }
}
