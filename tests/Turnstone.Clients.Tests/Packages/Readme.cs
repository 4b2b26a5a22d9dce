namespace Turnstone.Clients.Tests.Packages;

/// <summary>What the blocks of a README make together.</summary>
internal static class Readme
{
    /// <param name="client">The client's folder.</param>
    /// <param name="language">What its blocks are marked with.</param>
    public static async Task<string> ProgramAsync(string client, string language)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "clients", client, "README.md"));
        var blocks = text.Split($"\n```{language}\n").Skip(1).Select(rest => rest.Split("\n```")[0]).ToList();
        Assert.NotEmpty(blocks);
        return string.Join("\n\n", blocks);
    }

    /// <summary>The lines that install it.</summary>
    public static Task<string> InstallationAsync(string client) => ProgramAsync(client, "sh");
}
