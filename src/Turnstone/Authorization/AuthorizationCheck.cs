using System.Globalization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Authorization;

/// <summary>
/// Decides on an authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1): a function of
/// its parameters, the client and the contract's rules.
/// </summary>
public static class AuthorizationCheck
{
    private const string ByForm = "form_post";
    private const int LongestNonce = 512;
    private const string DetailsError = "invalid_authorization_details";

    private static readonly string[] Prompts = ["none", "login", "consent", "select_account"];

    /// <param name="parameters">What was asked.</param>
    /// <param name="client">The client that <c>client_id</c> names, if there is one.</param>
    /// <param name="rules">The contract's.</param>
    /// <param name="apis">Those that access tokens here may be for.</param>
    public static AuthorizationReading Read(
        AuthorizationParameters parameters,
        Client? client,
        AuthorizationRules rules,
        Apis apis
    )
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(apis);
        if (parameters.Unaddressed)
        {
            return new UnprovenRequest(UnprovenReason.Repeated);
        }

        if (client is not { Stands: true } || AddressOf(parameters, client) is not { } address)
        {
            return new UnprovenRequest(UnprovenReason.NotRegistered);
        }

        var request = new AuthorizationRequest
        {
            Client = client,
            ReplyTo = address,
            Rules = rules,
            Scopes = client.Scopes,
            TokenTypes = [],
            Nonce = parameters["nonce"],
            KeyThumbprint = parameters[AuthorizationParameters.KeyThumbprint],
        };
        var fault =
            RepeatFault(parameters)
            ?? KindFault(parameters, client, rules, address)
            ?? ProofFault(parameters, client, ref request)
            ?? TypeFault(parameters, client, ref request)
            ?? ScopeFault(parameters, client, apis, ref request)
            ?? PromptFault(parameters, ref request);
        request = WithLevel(request, parameters, apis);
        return fault is { } wrong ? new RefusedRequest(address, wrong.Error, wrong.Reason) : new SoundRequest(request);
    }

    // Values that nobody knows here ask for nothing: acr_values is a wish (OpenID Connect Core §3.1.2.1).
    private static AuthorizationRequest WithLevel(
        AuthorizationRequest request,
        AuthorizationParameters parameters,
        Apis apis
    )
    {
        var asked = SignInLevels.KnownOf(parameters["acr_values"]);
        var demanded = apis.LevelOf(request.Resources);
        var wanted = asked.Select(SignInLevels.Read).Min() ?? SignInLevel.Password;
        return request with
        {
            AcrValues = asked,
            Level = demanded > wanted ? demanded.Value : wanted,
            TellsSignIn = asked.Count > 0 || demanded is not null || request.MaxAge is not null,
        };
    }

    private static ReplyAddress? AddressOf(AuthorizationParameters parameters, Client client) =>
        parameters["redirect_uri"] is { } named
            ? RedirectMatch.IsOf(client, named)
                ? Address(parameters, named, named: true)
                : null
            : !client.IsFapi2 && RedirectMatch.TryOnly(client, out var only)
                ? Address(parameters, only, named: false)
                : null;

    // An app's own scheme takes no form: its answers stay in the query.
    private static ReplyAddress Address(AuthorizationParameters parameters, string uri, bool named) =>
        new(
            uri,
            named,
            parameters["state"],
            parameters["response_mode"] == ByForm && new Uri(uri).Scheme is ("http" or "https")
        );

    private static (string Error, string Reason)? KindFault(
        AuthorizationParameters parameters,
        Client client,
        AuthorizationRules rules,
        ReplyAddress address
    ) =>
        parameters["request"] is not null
            ? ("request_not_supported", "Send the parameters themselves instead of a request object.")
        : parameters["request_uri"] is not null
            ? ("request_uri_not_supported", "Send the parameters themselves instead of request_uri.")
        : parameters["registration"] is not null ? ("registration_not_supported", "Register the client beforehand.")
        : (client.MustPush || rules.MustPush) && !parameters.Pushed
            ? (
                "invalid_request",
                "The client has to push its requests (RFC 9126). Push this one, and send its request_uri."
            )
        : parameters["response_type"] is null
            ? ("invalid_request", "The parameter response_type is missing. Send code.")
        : parameters["response_type"] != "code" ? ("unsupported_response_type", "Send code as response_type.")
        : parameters["response_mode"] is not (null or "query" or ByForm)
            ? ("invalid_request", "Send query or form_post as response_mode, or leave it out.")
        : parameters["response_mode"] == ByForm && !address.ByForm
            ? ("invalid_request", "An answer by form_post needs an http or https redirect_uri.")
        : parameters[AuthorizationParameters.KeyThumbprint] is { } key && !KeyThumbprint.HasShape(key)
            ? ("invalid_request", "The dpop_jkt must be the base64url of a SHA-256, 43 characters (RFC 7638).")
        : parameters["nonce"] is { Length: > LongestNonce }
            ? ("invalid_request", $"The nonce may have {LongestNonce} characters at most.")
        : !client.MayUse(ApplicationRules.AuthorizationCode)
            ? ("unauthorized_client", "The client is not registered for authorization_code.")
        : null;

    // RFC 6749 §4.1.2.1: the client is told, as its address is proven.
    private static (string Error, string Reason)? RepeatFault(AuthorizationParameters parameters) =>
        parameters.Repeated ? ("invalid_request", "A parameter was sent twice. Send each once.") : null;

    // No method means plain (RFC 7636 §4.3), which protects against nobody who sees the request.
    private static (string Error, string Reason)? ProofFault(
        AuthorizationParameters parameters,
        Client client,
        ref AuthorizationRequest request
    )
    {
        var (challenge, method) = (parameters["code_challenge"], parameters["code_challenge_method"]);
        if (challenge is null && method is null)
        {
            return client.MustChallenge || (request.Rules.NeedsChallenge && !client.PredatesPkce)
                ? ("invalid_request", "This client sends a code_challenge, with S256 as code_challenge_method.")
                : null;
        }

        request = request with { Challenge = challenge };
        return method != "S256" ? ("invalid_request", "Send S256 as code_challenge_method.")
            : !Pkce.IsChallenge(challenge)
                ? ("invalid_request", "The code_challenge must be the base64url of a SHA-256, 43 characters.")
            : null;
    }

    private static (string Error, string Reason)? TypeFault(
        AuthorizationParameters parameters,
        Client client,
        ref AuthorizationRequest request
    )
    {
        var known = request.Rules.TokenTypes;
        if (known.Count == 0)
        {
            return null;
        }

        var asked = parameters["token_type"];
        if (asked is not null && !known.Contains(asked))
        {
            return ("invalid_request", $"Send {string.Join(" or ", known)} as token_type, or leave it out.");
        }

        request = request with
        {
            TokenTypes = [.. known.Where(type => client.TokenTypes.Contains(type) && (asked is null || type == asked))],
        };
        return request.TokenTypes.Count == 0
            ? ("unauthorized_client", "The client is not registered for this token_type.")
            : null;
    }

    private static (string Error, string Reason)? ScopeFault(
        AuthorizationParameters parameters,
        Client client,
        Apis apis,
        ref AuthorizationRequest request
    )
    {
        if (!Scopes.TryParse(parameters["scope"], out var asked, request.Rules.Commas))
        {
            return (
                "invalid_scope",
                "A scope has printable ASCII without quotes and backslashes, 1000 characters in all."
            );
        }

        if (!ClaimsRequest.TryRead(request.Rules.TakesClaims ? parameters["claims"] : null, out var claims))
        {
            return (
                "invalid_request",
                "The claims must be JSON as OpenID Connect Core, section 5.5, has it: 2048 characters at most."
            );
        }

        if (!asked.Within(client.Scopes))
        {
            return ("invalid_scope", "The client is not registered for every scope asked for.");
        }

        if (!apis.ReadDetails(parameters["authorization_details"]).Granted(out var details, out var refusal))
        {
            return Fault(refusal);
        }

        // Who names no resource means those that the details are of.
        string[] owners = [.. details.All.Select(detail => apis.OwnerOfDetail(detail.Type)!.Value.Api.Identifier)];
        var named = parameters.Resources.Count > 0 ? parameters.Resources : owners;
        if (!apis.Choose(named, asked, client.Scopes, client.Resources).Granted(out var target, out refusal))
        {
            return Fault(refusal);
        }

        request = request with
        {
            Scopes = WithClaims(target.Scopes, claims, client),
            Resources = target.Resources,
            Details = details,
            Claims = claims,
        };
        return owners.All(target.Resources.Identifiers.Contains)
            ? null
            : (DetailsError, "The authorization_details are of another API than the resource. Name theirs too.");
    }

    private static (string Error, string Reason) Fault(Refusal refusal) =>
        (
            refusal.Code switch
            {
                RefusalCode.InvalidTarget => "invalid_target",
                RefusalCode.InvalidAuthorizationDetails => DetailsError,
                _ => "invalid_scope",
            },
            $"{refusal.Reason} {refusal.NextStep}"
        );

    // A claim that the client may not have is passed over, essential or not (OpenID Connect Core §5.5.1).
    private static Scopes WithClaims(Scopes scopes, ClaimsRequest claims, Client client) =>
        scopes.Contains(IdentityScopes.OpenId)
            ? Scopes.Of(scopes.Names.Concat(claims.Scopes.Names.Where(client.Scopes.Contains)).Distinct())
            : scopes;

    private static (string Error, string Reason)? PromptFault(
        AuthorizationParameters parameters,
        ref AuthorizationRequest request
    )
    {
        var prompts = (parameters["prompt"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!Array.TrueForAll(prompts, Prompts.Contains) || (prompts.Contains("none") && prompts.Length > 1))
        {
            return ("invalid_request", "Send none alone as prompt, or any of login, consent and select_account.");
        }

        var age = 0;
        if (
            parameters["max_age"] is { } text
            && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out age)
        )
        {
            return ("invalid_request", "The max_age must be a whole number of seconds.");
        }

        request = request with
        {
            Silent = prompts.Contains("none"),
            SignInAgain =
                prompts.Contains("login")
                || prompts.Contains("select_account")
                || (parameters["max_age"] is not null && age == 0),
            AskAgain = prompts.Contains("consent"),
            MaxAge = parameters["max_age"] is null ? null : TimeSpan.FromSeconds(age),
            LoginHint = parameters["login_hint"],
        };
        return null;
    }
}
