using Turnstone.Directory;

namespace Turnstone.Server.Portal.Applications;

/// <summary>What an application is, which decides what its form asks.</summary>
/// <param name="Name">Its name in the form and in the URL.</param>
/// <param name="Icon">Its drawing.</param>
/// <param name="Public">Whether it can keep no secret. This cannot be changed later.</param>
/// <param name="GrantTypes">How it gets tokens, unless its owner says otherwise.</param>
public sealed record ApplicationKind(string Name, string Icon, bool Public, IReadOnlyList<string> GrantTypes)
{
    /// <summary>A web application that signs users in and has a secret.</summary>
    public static ApplicationKind Server { get; } =
        new("server", "gauge", false, [ApplicationRules.AuthorizationCode, ApplicationRules.RefreshToken]);

    /// <summary>It runs in its users' browsers or on their phones.</summary>
    public static ApplicationKind Device { get; } =
        new("device", "person", true, [ApplicationRules.AuthorizationCode, ApplicationRules.RefreshToken]);

    /// <summary>It acts for itself.</summary>
    public static ApplicationKind Program { get; } =
        new("program", "gear", false, [ApplicationRules.ClientCredentials]);

    public static IReadOnlyList<ApplicationKind> All { get; } = [Server, Device, Program];

    public bool SignsIn => GrantTypes.Contains(ApplicationRules.AuthorizationCode);

    /// <summary>What a client is that was made before, or by the provider.</summary>
    public static ApplicationKind Of(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Public ? Device
            : client.GrantTypes.Contains(ApplicationRules.AuthorizationCode) ? Server
            : Program;
    }

    public static ApplicationKind? Find(string? name) => All.FirstOrDefault(kind => kind.Name == name);
}
