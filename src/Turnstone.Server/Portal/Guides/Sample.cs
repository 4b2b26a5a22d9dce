using System.Reflection;
using Turnstone.Directory;

namespace Turnstone.Server.Portal.Guides;

/// <summary>A language that samples are written in: the ending of its files, its name.</summary>
public sealed record SampleLanguage(string Ending, string Name)
{
    public static IReadOnlyList<SampleLanguage> All { get; } =
    [new("sh", "curl"), new("cs", "C#"), new("py", "Python"), new("mjs", "JavaScript")];
}

/// <summary>
/// A program that shows how something is done, in every language. The files are run by the tests as they are shown.
/// </summary>
/// <param name="Name">The name of its files.</param>
/// <param name="Needs">The variables that it reads, in the order in which they are asked for.</param>
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
        var file = $"samples/{Name}.{language.Ending}";
        using var reader = new StreamReader(
            Assembly.GetExecutingAssembly().GetManifestResourceStream(file) ?? throw new FileNotFoundException(file)
        );
        return reader.ReadToEnd().TrimEnd();
    }
}
