using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>A client of one test's own: like the known one, but for what the test is about.</summary>
internal static class OwnClient
{
    public const string Id = "own";
    public const string Secret = "a-secret-that-needs-no-escaping-in-a-form";

    public static (string Name, string Value) Basic => Wire.Basic(Id, Secret);

    /// <summary>What it sends to <c>/v1/oauth</c> for a code's tokens.</summary>
    public static string CodeBody(string code) =>
        Wire.Json(
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", Wire.Redirect),
            ("client_id", Id),
            ("client_secret", Secret)
        );

    public static async Task AddAsync(TurnstoneServer server, Func<Client, Client> differently)
    {
        var client = new Client
        {
            Id = Id,
            Name = Id,
            RedirectUris = [Known.RedirectUri],
            GrantTypes = ["authorization_code", "refresh_token", "client_credentials"],
            Scopes = Scopes.Of(["email", "individuals.read"]),
            TokenTypes = ["user", "company"],
            CreatedAt = default,
        };
        Assert.NotNull(
            await server
                .Services.GetRequiredService<Clients>()
                .CreateAsync(differently(client), Secret, Caller.Operator, TestContext.Current.CancellationToken)
        );
    }

    public static async Task ChangeAsync(TurnstoneServer server, Func<Client, Client> differently) =>
        Assert.NotNull(
            await server
                .Services.GetRequiredService<Clients>()
                .ChangeAsync(Id, differently, "changed", Caller.Operator, TestContext.Current.CancellationToken)
        );
}
