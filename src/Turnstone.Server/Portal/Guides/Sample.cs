using System.Reflection;

namespace Turnstone.Server.Portal.Guides;

/// <summary>
/// A language of the samples: file extension and name. Those with a client come first, so that a reader meets its three
/// lines before anything else; curl, which has none, is the last.
/// </summary>
public sealed record SampleLanguage(string Ending, string Name)
{
    public static SampleLanguage Curl { get; } = new("sh", "curl");

    public static IReadOnlyList<SampleLanguage> All { get; } =
    [new("cs", "C#"), new("py", "Python"), new("mjs", "JavaScript"), Curl];
}

/// <summary>A sample program in every language. The tests run the files as they are shown.</summary>
/// <param name="Name">The name of its files.</param>
/// <param name="Needs">The variables that it reads, in this order.</param>
public sealed record Sample(string Name, params string[] Needs)
{
    public static readonly Sample Login = new(
        "login-v2",
        SampleVariables.Url,
        SampleVariables.State,
        SampleVariables.Email,
        SampleVariables.Password,
        SampleVariables.SubscriptionKey
    );
    public static readonly Sample Refresh = new(
        "refresh",
        SampleVariables.Url,
        SampleVariables.State,
        SampleVariables.SubscriptionKey
    );
    public static readonly Sample ApiKey = new("api-key", SampleVariables.Url, SampleVariables.ApiKey);
    public static readonly Sample ClientCredentials = new(
        "client-credentials",
        SampleVariables.Url,
        SampleVariables.ClientId,
        SampleVariables.ClientSecret
    );

    public static IReadOnlyList<Sample> All { get; } = [Login, Refresh, ApiKey, ClientCredentials];

    public string Text(SampleLanguage language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return SampleFile.Read($"{Name}.{language.Ending}");
    }

    /// <summary>The same by the client, which refreshes by itself; null where there is none.</summary>
    public string? ByClient(SampleLanguage language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return SampleFile.TryRead($"{Name}.client.{language.Ending}");
    }
}

/// <summary>A file of the samples, as it is shown and run.</summary>
internal static class SampleFile
{
    public static string Read(string name) => TryRead(name) ?? throw new FileNotFoundException(name);

    public static string? TryRead(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"samples/{name}");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd();
    }
}
