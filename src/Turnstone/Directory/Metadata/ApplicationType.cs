namespace Turnstone.Directory.Metadata;

/// <summary>
/// Where a program runs (OpenID Connect Dynamic Client Registration §2). It decides which addresses it may be answered
/// at.
/// </summary>
public enum ApplicationType
{
    Web,
    Native,
}

public static class ApplicationTypes
{
    private const string Member = "application_type";

    /// <summary>
    /// What it says; where it says nothing, what its addresses are those of. By the standard it would be web then, but
    /// programs from before there was the member in their protocol do not send it.
    /// </summary>
    internal static ApplicationType Of(MetadataMembers members, IReadOnlyList<string> redirectUris)
    {
        switch (members.Text(Member, longest: 16))
        {
            case null:
                return redirectUris.All(IsOfWeb) ? ApplicationType.Web : ApplicationType.Native;
            case "web":
                return ApplicationType.Web;
            case "native":
                return ApplicationType.Native;
            default:
                members.Refuse($"{Member} must be web or native.");
                return ApplicationType.Web;
        }
    }

    public static bool IsOfWeb(string redirectUri) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) && uri is { Scheme: "https", IsLoopback: false };
}
