namespace Turnstone.Cli;

/// <summary>Secrets on the command line: everyone on the machine sees it in the list of processes.</summary>
internal static class SecretArguments
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["--api-key"] = "TURNSTONE_API_KEY",
        ["--key"] = "TURNSTONE_API_KEY",
        ["--password"] = "TURNSTONE_PASSWORD",
        ["--subscription-key"] = "TURNSTONE_SUBSCRIPTION_KEY",
        ["--client-secret"] = "TURNSTONE_CLIENT_SECRET",
        ["--code"] = "TURNSTONE_CODE",
        ["--refresh-token"] = "TURNSTONE_REFRESH_TOKEN",
    };

    public static void Refuse(IEnumerable<string> args)
    {
        foreach (var name in args.Select(word => word.Split('=')[0]))
        {
            if (Variables.TryGetValue(name, out var variable))
            {
                throw CliException.Usage(
                    $"{name} would be seen by everyone on this machine in the list of processes. Answer the question "
                        + $"instead, send it on standard input, or set {variable}; and replace it if somebody may "
                        + "have seen it."
                );
            }

            if (IsToken(name))
            {
                throw CliException.Usage(
                    "A token is not given as an argument, where everyone on this machine can read it: send it on "
                        + "standard input, and say - in its place."
                );
            }
        }
    }

    private static bool IsToken(string word) =>
        word.StartsWith("tsr_", StringComparison.Ordinal)
        || (word.StartsWith("eyJ", StringComparison.Ordinal) && word.Count(sign => sign == '.') == 2);
}
