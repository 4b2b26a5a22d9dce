using Microsoft.Extensions.Localization;
using Turnstone.Revocation;

namespace Turnstone.Server.Portal.Sessions;

/// <summary>Sessions of one key or application, which can be ended together.</summary>
/// <param name="Name">The holder as <see cref="OwnSessions"/> names it.</param>
/// <param name="Rows">Those of this page, in their order.</param>
public sealed record SessionGroup(string Name, IReadOnlyList<SessionRow> Rows)
{
    public string TitleIn(IStringLocalizer<SessionsWords> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var first = Rows[0];
        return Name == OwnSessions.Direct ? words["GroupDirect"]
            : first.Session.ApiKeyId is null ? words["GroupApplication", first.ClientName ?? ""]
            : first.KeyName is { } name ? words["Way_ApiKey", name]
            : words["Way_ApiKeyGone"];
    }

    /// <summary>The group with the newest session first.</summary>
    public static IReadOnlyList<SessionGroup> Of(IEnumerable<SessionRow> rows, IReadOnlySet<string> ownClients)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(ownClients);
        return
        [
            .. rows.GroupBy(row => NameOf(row, ownClients)).Select(group => new SessionGroup(group.Key, [.. group])),
        ];
    }

    private static string NameOf(SessionRow row, IReadOnlySet<string> ownClients) =>
        row.Session.ApiKeyId is { } key ? OwnSessions.OfKey(key)
        : row.Session.ClientId is not { } client ? OwnSessions.Direct
        : ownClients.Contains(client) ? client
        : OwnSessions.OfConsent(client);
}
