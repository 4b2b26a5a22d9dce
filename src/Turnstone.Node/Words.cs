namespace Turnstone.Node;

/// <summary>What the program says of itself.</summary>
internal static class Words
{
    public const string Program = "turnstone-contracts";

    public const string Help = """
        Turnstone's contracts alone: the token calls, health, metrics and discovery, without portal and commands.

        Usage:
          turnstone-contracts [serve] [--urls URL] [--environment NAME] [--Turnstone:Setting=VALUE]…
          turnstone-contracts --version

        It serves until it is told to stop (SIGTERM, Ctrl+C); requests in progress are finished first. Settings are
        those of turnstone-server, from appsettings.json, the environment (Turnstone__Issuer=…) and the command line.
        The store is made, provisioned and looked after with turnstone-server.
        """;

    public static string Unknown(string word) =>
        $"{Program}: There is no command \"{word}\" here: it serves, and turnstone-server has the other commands.";
}
