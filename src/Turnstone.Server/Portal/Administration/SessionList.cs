using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Administration;

/// <summary>Sessions on a page that can end one of them.</summary>
/// <param name="Page">The page, which has the handler <c>EndSession</c>.</param>
/// <param name="Sessions">The sessions.</param>
/// <param name="Clients">The names of their clients.</param>
public sealed record SessionList(
    AdministrationPage Page,
    IReadOnlyList<Session> Sessions,
    IReadOnlyDictionary<string, string> Clients
);
