using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Administration.RegisteredApis;

/// <summary>A page with the fields of an API. Those that never change are of the page that registers it.</summary>
public abstract class ApiForm(ApiCatalogue catalogue) : AdministrationPage
{
    protected const string Handler = "Save";

    // What a form offers beside the scopes that there are.
    private const int EmptyRows = 3;

    public static IReadOnlyList<string> Languages { get; } =
    [.. PortalServices.Languages.Select(language => language.Name)];

    protected ApiCatalogue Catalogue { get; } = catalogue;

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public IReadOnlyList<ApiScopeRow> Rows { get; set; } = [];

    [BindProperty]
    public IReadOnlyList<ApiDetailRow> Details { get; set; } = [];

    [BindProperty]
    public bool Offered { get; set; }

    [BindProperty]
    public string? AccessSeconds { get; set; }

    [BindProperty]
    public SigningAlgorithm? Algorithm { get; set; }

    [BindProperty]
    public SignInLevel? Level { get; set; }

    [BindProperty]
    public string? IntrospectsAs { get; set; }

    /// <summary>The revision that the form was filled from; null for one that is new.</summary>
    public virtual long? FilledFrom => null;

    public ActForm Act => Form(new(Handler, "", ""));

    /// <summary>The scopes that were sent or stored, and some empty rows.</summary>
    public IReadOnlyList<ApiScopeRow> ShownRows =>
        [.. Rows.Where(row => !row.IsEmpty), .. Enumerable.Range(0, EmptyRows).Select(_ => new ApiScopeRow())];

    /// <summary>The types that were sent or stored, and an empty row.</summary>
    public IReadOnlyList<ApiDetailRow> ShownDetails => [.. Details.Where(row => !row.IsEmpty), new ApiDetailRow()];

    protected void Fill(Api api)
    {
        ArgumentNullException.ThrowIfNull(api);
        (Name, Offered, Algorithm, IntrospectsAs) = (api.Name, api.Offered, api.Algorithm, api.IntrospectsAs);
        Level = api.Level;
        AccessSeconds = api.AccessLifetime?.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        Rows = [.. api.Scopes.Select(ApiScopeRow.Of)];
        Details = [.. api.DetailTypes.Select(ApiDetailRow.Of)];
    }

    /// <summary>The API with what was typed, if all of it is valid; otherwise each wrong field has its error.</summary>
    protected async Task<Api?> ReadAsync(Api api)
    {
        ArgumentNullException.ThrowIfNull(api);
        if (Rows.Count > ApiRules.MostScopes + EmptyRows || Details.Count > ApiRules.MostDetailTypes + 1)
        {
            Refuse(nameof(Rows), Words["Api_TooManyScopes", ApiRules.MostScopes]);
            return null;
        }

        if (!TrySeconds(out var life) || ModelState[nameof(Algorithm)]?.Errors.Count > 0)
        {
            Refuse(nameof(AccessSeconds), Words["Api_Lifetime", LongestSeconds]);
            return null;
        }

        var asking = IntrospectsAs?.Trim() ?? "";
        var typed = api with
        {
            Name = Name?.Trim() ?? "",
            Scopes = [.. Rows.Where(row => !row.IsEmpty).Select(row => row.ToScope())],
            DetailTypes = [.. Details.Where(row => !row.IsEmpty).Select(row => row.ToType())],
            Offered = Offered,
            AccessLifetime = life,
            Algorithm = Algorithm,
            Level = Level,
            IntrospectsAs = asking.Length == 0 ? null : asking,
        };
        foreach (var problem in await Catalogue.ProblemsOfAsync(typed, Languages, [], Cancel))
        {
            Refuse(FieldOf(problem.Flaw), Words[$"Api_{problem.Flaw}", About(problem)]);
        }

        return ModelState.IsValid ? typed : null;
    }

    protected void RefuseChanged() => Refuse(nameof(Name), Words["Api_Conflict"]);

    private static int LongestSeconds => (int)AccessTokenLimits.LongestLifetime.TotalSeconds;

    private bool TrySeconds(out TimeSpan? life)
    {
        life = null;
        if (string.IsNullOrWhiteSpace(AccessSeconds))
        {
            return true;
        }

        var read = int.TryParse(AccessSeconds, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        life = TimeSpan.FromSeconds(seconds);
        return read;
    }

    private static string FieldOf(ApiFlaw flaw) =>
        flaw switch
        {
            ApiFlaw.Id => nameof(NewApiPage.Id),
            ApiFlaw.Identifier or ApiFlaw.IdentifierOfSettings or ApiFlaw.IdentifierTaken => nameof(
                NewApiPage.Identifier
            ),
            ApiFlaw.Name => nameof(Name),
            ApiFlaw.Lifetime => nameof(AccessSeconds),
            ApiFlaw.DetailType
            or ApiFlaw.DetailTypeTwice
            or ApiFlaw.DetailTypeTaken
            or ApiFlaw.DetailMeaning
            or ApiFlaw.TooManyDetailTypes => nameof(Details),
            ApiFlaw.NoSuchClient or ApiFlaw.PublicClient => nameof(IntrospectsAs),
            _ => nameof(Rows),
        };

    private static object About(ApiProblem problem) =>
        problem.Flaw switch
        {
            ApiFlaw.Id => ApiRules.LongestId,
            ApiFlaw.Identifier => ApiRules.LongestIdentifier,
            ApiFlaw.Name => Credentials.NameText.Longest,
            ApiFlaw.TooManyScopes => ApiRules.MostScopes,
            ApiFlaw.TooManyDetailTypes => ApiRules.MostDetailTypes,
            ApiFlaw.Lifetime => LongestSeconds,
            _ => problem.About ?? "",
        };
}
