using System.Reflection;

namespace Turnstone.Server.Portal.Guides;

/// <summary>A language of the samples: file extension and name.</summary>
public sealed record SampleLanguage(string Ending, string Name)
{
    public static IReadOnlyList<SampleLanguage> All { get; } =
    [new("sh", "curl"), new("cs", "C#"), new("py", "Python"), new("mjs", "JavaScript")];
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
}

/// <summary>A file of the samples, as it is shown and run.</summary>
internal static class SampleFile
{
    public static string Read(string name)
    {
        var file = $"samples/{name}";
        using var reader = new StreamReader(
            Assembly.GetExecutingAssembly().GetManifestResourceStream(file) ?? throw new FileNotFoundException(file)
        );
        return reader.ReadToEnd().TrimEnd();
    }
}
