using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>Clients that have registered read, change and delete what they are (RFC 7592).</summary>
public sealed class RegistrationManagementTests
{
    [Fact]
    public async Task Its_token_reads_changes_and_deletes_it_and_no_other()
    {
        await using var server = await Wire.StartAsync(Registering.Open);
        using var one = await server.RegisterAsync(Registering.Metadata());
        using var other = await server.RegisterAsync(Registering.Metadata());
        var (mine, theirs) = (await one.BodyAsync(), await other.BodyAsync());
        var (id, token) = ((string)mine["client_id"]!, (string)mine["registration_access_token"]!);

        using var read = await server.ManageAsync(HttpMethod.Get, id, token);
        Assert.Equal(mine.ToJsonString(), (await read.BodyAsync()).ToJsonString());
        var changed = Registering.Metadata();
        changed["client_id"] = id;
        changed["client_name"] = "Another name";
        changed["redirect_uris"] = new JsonArray("https://agent.example.test/callback");
        using var put = await server.ManageAsync(HttpMethod.Put, id, token, changed);
        Assert.Equal(
            ("Another name", "web"),
            ((string?)(await put.BodyAsync())["client_name"], (string?)(await put.BodyAsync())["application_type"])
        );

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete })
        {
            foreach (
                var (ofId, by) in new[]
                {
                    (id, (string)theirs["registration_access_token"]!),
                    (id, ""),
                    (id, "tsg_x"),
                    ("nobody", token),
                    (Known.ClientId, token),
                    ("%01", token),
                }
            )
            {
                using var refused = await server.ManageAsync(method, ofId, by, changed);
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }
        }

        using var deleted = await server.ManageAsync(HttpMethod.Delete, id, token);
        using var gone = await server.ManageAsync(HttpMethod.Get, id, token);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (deleted.StatusCode, gone.StatusCode));
        var store = server.Services.GetRequiredService<IClientStore>();
        Assert.Null(await store.FindAsync(id, TestContext.Current.CancellationToken));
        using var patch = await server.ManageAsync(HttpMethod.Patch, id, token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, patch.StatusCode);
    }

    [Theory]
    [InlineData("client_id", "\"another\"")]
    [InlineData("client_id", "null")]
    [InlineData("client_secret", "\"wrong\"")]
    [InlineData("registration_access_token", "\"tsg_x\"")]
    [InlineData("registration_client_uri", "\"https://id.example.test/\"")]
    [InlineData("client_secret_expires_at", "0")]
    [InlineData("client_id_issued_at", "0")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_basic\"")]
    [InlineData("redirect_uris", "[\"http://a.example.test/\"]")]
    public async Task A_change_must_not_say_what_the_server_says(string member, string json)
    {
        await using var server = await Wire.StartAsync(Registering.Open);
        using var made = await server.RegisterAsync(Registering.Metadata());
        var body = await made.BodyAsync();
        var (id, token) = ((string)body["client_id"]!, (string)body["registration_access_token"]!);
        var changed = Registering.Metadata();
        changed["client_id"] = id;
        changed[member] = JsonNode.Parse(json);

        using var refused = await server.ManageAsync(HttpMethod.Put, id, token, changed);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var read = await server.ManageAsync(HttpMethod.Get, id, token);
        Assert.Equal(body.ToJsonString(), (await read.BodyAsync()).ToJsonString());
    }
}
