using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens;

/// <summary>
/// The tokens held against the JOSE library that most JavaScript services use; it runs in Node, in tests/interop.
/// </summary>
public sealed class JoseTests
{
    private static readonly SigningAlgorithm[] Algorithms = Enum.GetValues<SigningAlgorithm>();

    [Fact]
    public async Task It_takes_our_tokens_by_our_JWKS_and_refuses_changed_ones()
    {
        var bench = await TokenBench.StartAsync();
        var task = Task(bench);
        foreach (var algorithm in Algorithms)
        {
            var token = bench.Write(algorithm, algorithm is SigningAlgorithm.ES256 ? "at+jwt" : "JWT");
            task["verify"]!.AsArray().Add(token);
            task["verify"]!.AsArray().Add(token[..^20] + (token[^20] == 'A' ? 'B' : 'A') + token[^19..]);
        }

        var verified = (await RunAsync(task))["verified"]!.AsArray();

        Assert.Equal(2 * Algorithms.Length, verified.Count);
        for (var i = 0; i < verified.Count; i++)
        {
            Assert.Equal(i % 2 == 0 ? "ada" : null, (string?)verified[i]?["payload"]?["sub"]);
            Assert.Equal(
                i % 2 == 0 ? Algorithms[i / 2].ToString() : null,
                (string?)verified[i]?["protectedHeader"]?["alg"]
            );
        }
    }

    [Fact]
    public async Task We_take_what_it_signs_with_our_keys()
    {
        var bench = await TokenBench.StartAsync();
        var task = Task(bench);
        foreach (var algorithm in Algorithms)
        {
            task["sign"]!
                .AsArray()
                .Add(
                    new JsonObject
                    {
                        ["header"] = bench.Header(algorithm),
                        ["payload"] = bench.Payload(),
                        ["pkcs8"] = PemEncoding.WriteString("PRIVATE KEY", bench.PrivateKey(algorithm)),
                    }
                );
        }

        var signed = (await RunAsync(task))["signed"]!.AsArray();

        Assert.Equal(Algorithms.Length, signed.Count);
        Assert.All(signed, token => Assert.Equal(bench.Session, bench.Takes((string)token!).SessionId));
    }

    private static JsonObject Task(TokenBench bench) =>
        new()
        {
            ["jwks"] = JsonNode.Parse(new JsonWebKeys(bench.Ring).Document.Span),
            ["issuer"] = TokenBench.Issuer.Issuer,
            ["audience"] = TokenBench.Issuer.Audience,
            ["now"] = bench.Time.Now.ToUnixTimeSeconds(),
            ["verify"] = new JsonArray(),
            ["sign"] = new JsonArray(),
        };

    private static async Task<JsonNode> RunAsync(JsonObject task) =>
        JsonNode.Parse(
            await Interop.ExecuteAsync(await Interop.FolderAsync(), "node", ["verify.mjs"], task.ToJsonString())
        )!;
}
