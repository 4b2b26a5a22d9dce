using System.Net;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Applications;

/// <summary>An application that publishes its keys: its owner gives the address, which is asked at once.</summary>
public sealed class KeysAddressTests
{
    [Fact]
    public async Task An_address_is_asked_when_it_is_given_and_says_what_is_wrong()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        var made = await server.GivenApplicationAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var key = ClientKey.Ec("2031");
        foreign.Publish("/none.json", """{"keys":[]}""");
        foreign.Publish("/jwks.json", ClientKey.Set(key));
        var own = $"/portal/applications/{made.Client.Id}";

        async Task<string> RefusedAsync(string address, string set = "")
        {
            using var answer = await visitor.SendAsync(
                own,
                $"{own}?handler=Keys",
                ("Jwks", set),
                ("JwksUri", address),
                ("KeysPassword", Known.Password)
            );
            return answer.StatusCode is HttpStatusCode.OK ? await answer.TextAsync() : $"{(int)answer.StatusCode}";
        }

        Assert.Contains("not both", await RefusedAsync(foreign.At("/jwks.json"), "{}"), StringComparison.Ordinal);
        Assert.Contains("Give an https address", await RefusedAsync("http://10.0.0.1/"), StringComparison.Ordinal);
        Assert.Contains("must answer 200", await RefusedAsync(foreign.At("/missing.json")), StringComparison.Ordinal);
        Assert.Contains("must answer 200", await RefusedAsync(foreign.At("/none.json")), StringComparison.Ordinal);
        Assert.Contains("No answer came", await RefusedAsync("http://127.0.0.1:1/"), StringComparison.Ordinal);
        Assert.Equal("302", await RefusedAsync(foreign.At("/jwks.json")));

        Assert.Contains(foreign.At("/jwks.json"), await visitor.PageAsync(own), StringComparison.Ordinal);
        using var asked = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code=x&{AssertingClient.Proof(server, key, made.Client.Id)}"
        );
        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
    }
}
