using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Sessions;

/// <summary>A session in the list.</summary>
/// <param name="Session">The row.</param>
/// <param name="Mine">Whether it is the account's own. Otherwise it belongs to a user of one of its applications, about
/// whom nothing else is shown.</param>
/// <param name="ClientName">The client, if any.</param>
/// <param name="KeyName">The API key, if any.</param>
public sealed record SessionRow(Session Session, bool Mine, string? ClientName, string? KeyName)
{
    /// <summary>
    /// The resource key of how it was opened: the grant, and whether the name of client or key is known.
    /// </summary>
    public string Way =>
        Session.Grant switch
        {
            GrantKind.ApiKey => KeyName is null ? "ApiKeyGone" : "ApiKey",
            GrantKind.Code when ClientName is null => "CodeAlone",
            var grant => grant,
        };

    public string By => KeyName ?? ClientName ?? "";

    /// <summary>When the session ends.</summary>
    public DateTimeOffset GoodUntil => Session.Refreshable ? Session.RefreshExpiresAt : Session.AccessExpiresAt;
}
