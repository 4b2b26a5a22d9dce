using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal;
using Turnstone.Storage;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>The APIs that tokens are for.</summary>
public sealed class ApiProvisioner(IApiStore store, ApiCatalogue catalogue)
{
    internal async Task<IEnumerable<string>> ConflictsAsync(
        ApiItem item,
        string at,
        IReadOnlyCollection<string> comingClients,
        CancellationToken cancellationToken
    )
    {
        var known = await store.FindAsync(item.Id, cancellationToken);
        if (known is not null && item.Identifier is { } identifier && identifier != known.Identifier)
        {
            return [$"{at}.identifier: it never changes; the API has {known.Identifier}. Register another API."];
        }

        if (item.SignInLevel is { } level && !Enum.IsDefined(level))
        {
            return [$"{at}.signInLevel: {(int)level} is no level."];
        }

        if (item.SigningAlgorithm is { } algorithm && !Enum.IsDefined(algorithm))
        {
            return [$"{at}.signingAlgorithm: {(int)algorithm} is no algorithm."];
        }

        var languages = PortalServices.Languages.Select(language => language.Name).ToList();
        var problems = await catalogue.ProblemsOfAsync(
            Described(item, known ?? New(item)),
            languages,
            comingClients,
            cancellationToken
        );
        return problems.Select(problem => $"{at}.{Sentence(problem)}");
    }

    internal async Task ApplyAsync(ApiItem item, ProvisioningReport report, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(item.Id, cancellationToken) is not { } known)
        {
            var added = await catalogue.AddAsync(Described(item, New(item)), Caller.Operator, cancellationToken);
            report.Created("API", (added ?? throw Disturbed()).Id);
            return;
        }

        var changed = Described(item, known);
        var differences = ApiDifference.Of(known, changed);
        if (differences.Count > 0)
        {
            var saved = await catalogue.ChangeAsync(known, changed, Caller.Operator, cancellationToken);
            report.Changed("API", (saved ?? throw Disturbed()).Id, string.Join(", ", differences));
        }
    }

    private static StoreUnavailableException Disturbed() =>
        new("Another process is changing the same API; apply the file again.");

    private static Api New(ApiItem item) =>
        new()
        {
            Id = item.Id,
            Identifier = item.Identifier ?? "",
            Name = item.Name ?? item.Id,
        };

    private static Api Described(ApiItem item, Api api) =>
        api with
        {
            Name = item.Name ?? api.Name,
            Scopes = item.Scopes is { } scopes
                ? [.. scopes.Select(scope => new ApiScope(scope.Name, scope.Meanings))]
                : api.Scopes,
            Offered = item.Offered ?? api.Offered,
            AccessLifetime = item.AccessTokenSeconds is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : api.AccessLifetime,
            Algorithm = item.SigningAlgorithm ?? api.Algorithm,
            DetailTypes = item.AuthorizationDetailsTypes is { } types
                ? [.. types.Select(type => new ApiDetailType(type.Type, type.Meanings, type.Actions, type.Members))]
                : api.DetailTypes,
            Level = item.SignInLevel ?? api.Level,
            IntrospectsAs = item.IntrospectsAs ?? api.IntrospectsAs,
        };

    private static string Sentence(ApiProblem problem) =>
        problem.Flaw switch
        {
            ApiFlaw.Id => $"id: give 1 to {ApiRules.LongestId} small letters, digits and dashes, "
                + "neither \"default\" nor \"new\".",
            ApiFlaw.Identifier => "identifier: give an absolute URI without fragment, user or wildcard, "
                + $"{ApiRules.LongestIdentifier} characters at most (RFC 8707 §2).",
            ApiFlaw.IdentifierOfSettings => "identifier: this is the API of the settings (Turnstone:Audience).",
            ApiFlaw.IdentifierTaken => "identifier: another API has it.",
            ApiFlaw.Name => "name: give a name of 1 to 100 characters.",
            ApiFlaw.ScopeName => $"scopes: {problem.About} is no name of a scope; give printable ASCII without space, "
                + "quote or backslash (RFC 6749 §3.3).",
            ApiFlaw.ScopeOfPerson => $"scopes: {problem.About} is about who signs in and is of every API.",
            ApiFlaw.ScopeTwice => $"scopes: {problem.About} is there twice.",
            ApiFlaw.ScopeTaken => $"scopes: {problem.About} is a scope of another API; give this one another name.",
            ApiFlaw.ScopeFormer => $"scopes: {problem.About} was a scope of another API, and clients and consents "
                + "still name it; give this one another name.",
            ApiFlaw.TooManyScopes => $"scopes: give {ApiRules.MostScopes} at most.",
            ApiFlaw.Meaning => $"scopes: {problem.About} needs a sentence of {ApiRules.LongestMeaning} characters at "
                + "most for each language of the portal (en, de).",
            ApiFlaw.DetailType => $"authorizationDetailsTypes: {problem.About} or one of its actions or members has a "
                + "name with a space, a quote or a backslash, or one that every type has.",
            ApiFlaw.DetailTypeTwice => $"authorizationDetailsTypes: {problem.About} is there twice.",
            ApiFlaw.DetailTypeTaken => $"authorizationDetailsTypes: {problem.About} is a type of another API.",
            ApiFlaw.DetailMeaning => $"authorizationDetailsTypes: {problem.About} needs a sentence of "
                + $"{ApiRules.LongestMeaning} characters at most for each language of the portal (en, de).",
            ApiFlaw.TooManyDetailTypes => $"authorizationDetailsTypes: give {ApiRules.MostDetailTypes} at most.",
            ApiFlaw.Lifetime => "accessTokenSeconds: give 1 to "
                + $"{(int)AccessTokenLimits.LongestLifetime.TotalSeconds}.",
            ApiFlaw.NoSuchClient => $"introspectsAs: there is no client {problem.About}.",
            ApiFlaw.PublicClient => $"introspectsAs: the client {problem.About} has no credential.",
            _ => throw new InvalidOperationException($"Nothing is said about {problem.Flaw}."),
        };
}
