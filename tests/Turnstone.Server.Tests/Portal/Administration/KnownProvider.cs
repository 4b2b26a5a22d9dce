using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>A company's identity provider that is there already.</summary>
internal static class KnownProvider
{
    public const string Issuer = "https://known.idp.example.test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Answers the path of its page.</summary>
    public static async Task<string> AddAsync(TurnstoneServer server)
    {
        using var key = ClientKey.Ec();
        Assert.True(VerificationKeys.TryRead(ClientKey.Set(key), out var keys, out _));
        var provider = new IdentityProvider
        {
            Issuer = Issuer,
            Domains = ["example.test", "people.example.test"],
            Clients = [Known.ClientId],
            Keys = keys,
            CreatedAt = server.Time.GetUtcNow(),
        };
        var entry = new AuditEntry
        {
            Event = AuditEvent.ClientChanged,
            At = server.Time.GetUtcNow(),
            Caller = Caller.Operator,
        };
        Assert.True(
            (
                await server
                    .Services.GetRequiredService<IIdentityProviderStore>()
                    .SaveAsync(provider, entry, Cancel)
            ).IsCommitted
        );
        return $"/portal/admin/identity-providers/{provider.Id}";
    }

    /// <summary>It has let somebody in, and something of its was refused later.</summary>
    public static void Note(TurnstoneServer server)
    {
        var store = server.Services.GetRequiredService<IIdentityProviderStore>();
        store.NoteUse(Issuer, server.Time.GetUtcNow().AddHours(-2), "00u1ada");
        store.NoteRefusal(Issuer, server.Time.GetUtcNow().AddHours(-1), "person 00u1ben");
    }
}
