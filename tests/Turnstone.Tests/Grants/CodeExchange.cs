using System.Security.Cryptography;
using System.Text;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Grants;
using Turnstone.Model;

namespace Turnstone.Tests.Grants;

/// <summary>A code that was minted for an account and a client, and the requests that exchange it.</summary>
internal sealed record CodeExchange(
    GrantBench Bench,
    Account Account,
    Client Client,
    PresentedClient Presented,
    string Code
)
{
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    public static async Task<CodeExchange> GivenAsync(
        GrantBench bench,
        Func<CodeOrder, CodeOrder>? order = null,
        Func<Client, Client>? client = null
    )
    {
        var account = await bench.GivenAccountAsync("ada@example.test");
        var (shop, presented) = await bench.GivenClientAsync(differently: client);
        var usual = new CodeOrder
        {
            Contract = "family",
            Account = account,
            ClientId = shop.Id,
            Challenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            Scopes = Scopes.Of(["read"]),
        };
        var code = await bench.Codes.MintAsync(
            order?.Invoke(usual) ?? usual,
            TimeSpan.FromSeconds(60),
            GrantBench.Caller,
            GrantBench.Cancel
        );
        return new CodeExchange(bench, account, shop, presented, code);
    }

    public TokenRequest With(string? key = null, string? verifier = Verifier, string? redirectUri = null) =>
        GrantBench.Request(Bench.Exchanges, GrantInput.Of()) with
        {
            Client = Presented,
            Input = grant =>
                GrantInput.Read(
                    grant,
                    name =>
                        name == CodeGrant.Code.Name ? Code
                        : name == CodeGrant.Verifier.Name ? verifier
                        : name == CodeGrant.RedirectUri.Name ? redirectUri
                        : null,
                    null,
                    key
                ),
        };
}
