using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Portal.Guides;

/// <summary>A guide: its path, and the prefix of its resource keys and files.</summary>
public sealed record Guide(string Slug, string Word)
{
    public const string Root = "/portal/guides";

    public static readonly Guide ProtectYourApi = new("protect-your-api", nameof(ProtectYourApi));
    public static readonly Guide GettingStarted = new("getting-started", nameof(GettingStarted));
    public static readonly Guide UpdatingTokens = new("updating-tokens", nameof(UpdatingTokens));
    public static readonly Guide Errors = new("errors", nameof(Errors));
    public static readonly Guide MovingToV2 = new("moving-to-v2", nameof(MovingToV2));

    /// <summary>First that of who has an API, then those of who calls one, in the order to read them.</summary>
    public static IReadOnlyList<Guide> All { get; } =
    [ProtectYourApi, GettingStarted, UpdatingTokens, Errors, MovingToV2];

    /// <summary>Those that tell of something that this service has.</summary>
    public static IReadOnlyList<Guide> Offered(ContractList contracts)
    {
        ArgumentNullException.ThrowIfNull(contracts);
        var moves = contracts.All.Any(old => old.Deprecated && contracts.SuccessorOf(old) is not null);
        return [.. All.Where(guide => moves || guide != MovingToV2)];
    }

    public string Path => $"{Root}/{Slug}";

    public string Title => $"Title_{Word}";

    public string Lead => $"Lead_{Word}";

    public static Guide? Find(string? slug) => All.FirstOrDefault(guide => guide.Slug == slug);

    /// <summary>The file with its text in a language.</summary>
    public string Text(string language) => $"/Portal/Guides/Texts/{Word}.{language}.cshtml";
}
