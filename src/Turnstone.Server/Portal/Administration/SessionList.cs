using Microsoft.AspNetCore.WebUtilities;
using Turnstone.Model;
using Turnstone.Server.Portal.Sessions;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Administration;

/// <summary>A page of a holder's sessions, the newest first.</summary>
/// <param name="Shown">Those of the page.</param>
/// <param name="After">The mark that it begins after; null on the first page.</param>
/// <param name="Next">The mark of the next page; null on the last.</param>
public sealed record SessionsInParts(IReadOnlyList<Session> Shown, string? After, string? Next)
{
    public const int PageSize = 25;

    public static async Task<SessionsInParts> ReadAsync(
        ISessionStore sessions,
        SessionHolder holder,
        string? after,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var place = PageMark.Read(after);
        var found = await sessions.ListAsync(holder, PageSize + 1, cancellationToken, place);
        return new(
            [.. found.Take(PageSize)],
            place is null ? null : after,
            found.Count > PageSize ? PageMark.Write(SessionPlace.Of(found[PageSize - 1])) : null
        );
    }
}

/// <summary>Sessions on a page that can end one of them.</summary>
/// <param name="Page">The page, which has the handler <c>EndSession</c>.</param>
/// <param name="Sessions">The sessions.</param>
/// <param name="Clients">The names of their clients.</param>
/// <param name="Path">The address of the page.</param>
public sealed record SessionList(
    AdministrationPage Page,
    SessionsInParts Sessions,
    IReadOnlyDictionary<string, string> Clients,
    string Path
)
{
    public string To(string? mark) =>
        $"{(mark is null ? Path : QueryHelpers.AddQueryString(Path, "after", mark))}#sessions";
}
