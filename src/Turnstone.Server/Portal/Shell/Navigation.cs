namespace Turnstone.Server.Portal.Shell;

/// <summary>One entry of the menu: path, resource key, icon.</summary>
public sealed record Destination(string Path, string Word, string Icon);

/// <summary>The menu. An entry is current if the page's path is its path or below it.</summary>
public static class Navigation
{
    public static IReadOnlyList<Destination> Customer { get; } =
    [
        new("/portal", "NavHome", "home"),
        new("/portal/subscriptions", "NavSubscriptions", "layers"),
        new("/portal/api-keys", "NavApiKeys", "key"),
        new("/portal/applications", "NavApplications", "app"),
        new("/portal/sessions", "NavSessions", "clock"),
        new("/portal/health", "NavHealth", "pulse"),
        new("/portal/activity", "NavActivity", "list"),
        new("/portal/guides", "NavGuides", "book"),
        new("/portal/profile", "NavProfile", "person"),
    ];

    public static IReadOnlyList<Destination> Administrator { get; } =
    [
        new("/portal/admin", "NavService", "gauge"),
        new("/portal/admin/accounts", "NavAccounts", "people"),
        new("/portal/admin/approvals", "NavApprovals", "check"),
        new("/portal/admin/products", "NavProducts", "box"),
        new("/portal/admin/apis", "NavApis", "layers"),
        new("/portal/admin/clients", "NavClients", "app"),
        new("/portal/admin/identity-providers", "NavIdentityProviders", "person"),
        new("/portal/admin/keys", "NavSigningKeys", "lock"),
        new("/portal/admin/audit", "NavAudit", "list"),
        new("/portal/admin/settings", "NavSettings", "gear"),
    ];

    /// <summary>What somebody who is not signed in can read.</summary>
    public static IReadOnlyList<Destination> Visitor { get; } =
    [new("/portal/guides", "NavGuidesShort", "book"), new("/portal/reference", "NavReference", "list")];

    public static bool IsCurrent(Destination destination, PathString path) =>
        destination.Path is "/portal" or "/portal/admin"
            ? path == destination.Path
            : path.StartsWithSegments(destination.Path);
}
