namespace Turnstone.Cli.Issuer;

/// <summary>The address of a server: encrypted, or on this machine.</summary>
internal static class ServerAddress
{
    public static string Checked(string text, bool insecure)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.UserInfo.Length > 0
            || uri.Query.Length > 0
            || uri.Fragment.Length > 0
        )
        {
            throw CliException.Usage("The server is an address like https://id.example.com.");
        }

        return insecure || MayCarryTokens(uri)
            ? uri.AbsoluteUri.TrimEnd('/')
            : throw CliException.Usage(
                "Without TLS everyone on the way could read the tokens: use https, or say --allow-http."
            );
    }

    public static bool MayCarryTokens(Uri uri) => uri.Scheme == "https" || uri is { Scheme: "http", IsLoopback: true };
}
