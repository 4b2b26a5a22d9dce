using Turnstone.Directory;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Sessions;

/// <summary>A session as its owner sees it.</summary>
/// <param name="Session">The row.</param>
/// <param name="Mine">Whether it is the account's own; otherwise it is a user's of one of its applications, of whom
/// only that is told.</param>
/// <param name="ClientName">The client it goes through, if any.</param>
/// <param name="KeyName">The API key it came by, if any.</param>
public sealed record SessionRow(Session Session, bool Mine, string? ClientName, string? KeyName)
{
    /// <summary>The word for how it was come by: which grant, and whether the client or key is known by name.</summary>
    public string Way =>
        Session.Grant switch
        {
            GrantKind.ApiKey => KeyName is null ? "ApiKeyGone" : "ApiKey",
            GrantKind.Code when ClientName is null => "CodeAlone",
            var grant => grant.ToString(),
        };

    public string By => KeyName ?? ClientName ?? "";

    /// <summary>Until when something of it is good.</summary>
    public DateTimeOffset GoodUntil => Session.Refreshable ? Session.RefreshExpiresAt : Session.AccessExpiresAt;
}
