using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Server.Tests.Dialects.OAuth2;

public sealed class Token200Tests
{
    [Fact]
    public async Task A_program_gets_an_access_token_and_no_refresh_token()
    {
        await using var server = await Wire.StartAsync();
        var response = await server.FormAsync("/oauth2/token", "grant_type=client_credentials&scope=individuals.read", Wire.Basic(Known.ClientId, Known.ClientSecret));
        await Golden.CheckAsync(response, "client-credentials-200");
    }

    [Fact]
    public async Task The_secret_may_come_in_the_body()
    {
        await using var server = await Wire.StartAsync();
        var response = await server.FormAsync(
            "/oauth2/token", $"grant_type=client_credentials&scope=individuals.read&client_id={Known.ClientId}&client_secret={Uri.EscapeDataString(Known.ClientSecret)}");
        await Golden.CheckAsync(response, "client-credentials-200");
    }

    [Fact]
    public async Task A_public_client_exchanges_a_code_with_its_verifier_and_refreshes()
    {
        await using var server = await Wire.StartAsync();
        const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var challenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        var code = await server.CodeAsync("oauth2", Known.PublicClientId, challenge);
        var form = $"grant_type=authorization_code&code={code}&redirect_uri={Wire.Redirect}&client_id={Known.PublicClientId}";
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", $"{form}&code_verifier={Verifier[..^1]}X"), "invalid-code-400");
        var response = await server.FormAsync("/oauth2/token", $"{form}&code_verifier={Verifier}");
        await Golden.CheckAsync(response, "code-200");
        var refresh = (string)(await response.BodyAsync())["refresh_token"]!;
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", $"grant_type=refresh_token&refresh_token={refresh}&client_id={Known.PublicClientId}"), "code-200");
    }
}
