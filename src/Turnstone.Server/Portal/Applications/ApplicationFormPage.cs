using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Applications;

/// <summary>A page with the form of an application: the choices and the error messages.</summary>
public abstract class ApplicationFormPage(
    OwnApplications applications,
    ContractsSettings contracts,
    IStringLocalizer<ApplicationsWords> words
) : PortalPage
{
    [BindProperty]
    public ApplicationForm Form { get; set; } = new();

    /// <summary>The application being changed; null for a new one.</summary>
    public Client? Known { get; protected set; }

    /// <summary>Whether it signs users in, and so needs to be told where they return to.</summary>
    public virtual bool AsksForUsers =>
        Known is not null && (Known.MayUse(ApplicationRules.AuthorizationCode) || Known.RedirectUris.Count > 0);

    /// <summary>Open where something in it was decided or is wrong.</summary>
    public bool AdvancedOpen =>
        Form.HasPolicies
        || ModelState.Any(state =>
            state.Value?.Errors.Count > 0
            && AdvancedFields.Any(part => state.Key.StartsWith(Name(part), StringComparison.Ordinal))
        );

    /// <summary>A program that acts for itself alone has nobody whom the scopes of a sign-in could be about.</summary>
    public IEnumerable<string> OfferedScopes =>
        applications
            .Rules.ScopesFor(Known)
            .Names.Where(scope =>
                ActsForPeople || !IdentityScopes.All.Contains(scope) || Known?.Scopes.Contains(scope) is true
            );

    private bool ActsForPeople =>
        AsksForUsers || Known?.GrantTypes.Any(grant => grant != ApplicationRules.ClientCredentials) is true;

    /// <summary>The APIs to choose from: each with its name, if it is still there.</summary>
    public IEnumerable<(string Identifier, string? Name)> OfferedResources =>
        applications.Rules.ResourcesFor(Known).Select(one => (one, applications.Rules.Apis?.Find(one)?.Name));

    /// <summary>The grants to choose from; a public application has no secret for <c>client_credentials</c>.</summary>
    public IEnumerable<string> OfferedGrants =>
        ApplicationRules
            .GrantTypes.Concat(Known?.GrantTypes ?? [])
            .Distinct()
            .Where(grant => !MayBePublic || grant != ApplicationRules.ClientCredentials)
            .Where(grant => Known is not { IsFapi2: true } || Fapi2Profile.Knows(grant));

    public IEnumerable<string> Algorithms => ApplicationRules.AlgorithmsFor(Known).Select(one => one.ToString());

    /// <summary>What its tokens may be bound to: a profile is for what exists and can sign.</summary>
    public IEnumerable<ClientBinding> OfferedBindings =>
        Enum.GetValues<ClientBinding>()
            .Where(binding => binding is not ClientBinding.Fapi2 || Known is { Public: false });

    /// <summary>What an empty field means: the settings of the contracts that have clients, by their paths.</summary>
    public IEnumerable<(string Path, ContractSettings Settings)> Defaults =>
        contracts.List.WithClients.Select(contract => (contract.Prefix, contracts.Of(contract)));

    private static readonly string[] AdvancedFields =
    [
        nameof(ApplicationForm.GrantTypes),
        nameof(ApplicationForm.TokenTypes),
        nameof(ApplicationForm.Access),
        nameof(ApplicationForm.Refresh),
        nameof(ApplicationForm.Absolute),
        nameof(ApplicationForm.Retry),
        nameof(ApplicationForm.Early),
        nameof(ApplicationForm.Algorithm),
        nameof(ApplicationForm.Origins),
        nameof(ApplicationForm.Binding),
    ];

    protected virtual bool MayBePublic => Known is { Public: true };

    protected OwnApplications Applications => applications;

    protected IStringLocalizer<ApplicationsWords> Words => words;

    /// <summary>The draft; null if a field has to be corrected first.</summary>
    protected ApplicationDraft? Draft() => Form.Read(field => Refuse(Name(field), words["NotReadable"]));

    protected void Refuse(IEnumerable<ApplicationProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        foreach (var problem in problems)
        {
            Refuse(problem.Part is ApplicationPart.Application ? "" : Name(FieldOf(problem.Part)), SentenceOf(problem));
        }
    }

    private static string Name(string field) => $"{nameof(Form)}.{field}";

    private static string FieldOf(ApplicationPart part) =>
        part switch
        {
            ApplicationPart.AccessLifetime => nameof(ApplicationForm.Access),
            ApplicationPart.RefreshLifetime => nameof(ApplicationForm.Refresh),
            ApplicationPart.AbsoluteLifetime => nameof(ApplicationForm.Absolute),
            ApplicationPart.RetryWindow => nameof(ApplicationForm.Retry),
            _ => part.ToString(),
        };

    private string SentenceOf(ApplicationProblem problem) =>
        problem switch
        {
            { Flaw: ApplicationFlaw.RedirectUri } => words[$"Uri_{problem.Uri}", Short(problem.Text)],
            { Flaw: ApplicationFlaw.OutOfBounds, Part: ApplicationPart.AccessLifetime } => words[
                "BoundsDays",
                (int)AccessTokenLimits.LongestLifetime.TotalDays
            ],
            { Flaw: ApplicationFlaw.OutOfBounds, Part: ApplicationPart.RetryWindow } => words[
                "BoundsRetry",
                (int)ApplicationRules.LongestRetryWindow.TotalSeconds
            ],
            { Flaw: ApplicationFlaw.OutOfBounds } => words[
                "BoundsDays",
                (int)ApplicationRules.LongestSession.TotalDays
            ],
            { Flaw: ApplicationFlaw.TooMany } => words["Flaw_TooMany", OwnApplications.Most],
            { Flaw: ApplicationFlaw.TooManyOrigins } => words["Flaw_TooManyOrigins", RedirectUri.Most],
            { Flaw: ApplicationFlaw.TooManyRedirectUris } => words["Flaw_TooManyRedirectUris", RedirectUri.Most],
            _ => words[$"Flaw_{problem.Flaw}", Short(problem.Text)],
        };

    private static string Short(string? text) => text is { Length: > 80 } ? $"{text[..80]}…" : text ?? "";
}
