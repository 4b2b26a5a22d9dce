using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Turnstone.AspNetCore.Dpop;
using Turnstone.AspNetCore.Policies;

namespace Turnstone.AspNetCore;

/// <summary>How a refused request is answered (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1).</summary>
internal static class Challenges
{
    private static readonly string Algorithms = string.Join(' ', ProofCheck.Algorithms);

    public static async Task WriteAsync(HttpContext context, Guard guard, Task<AuthenticateResult> reading)
    {
        var result = await reading;
        if (result.Failure is not GuardRefusal refusal)
        {
            // §3.1: a request that brought no credential gets no error code.
            Write(context, StatusCodes.Status401Unauthorized, "Bearer", [], guard);
            return;
        }

        if (refusal.Error is not { } error)
        {
            context.Response.StatusCode = refusal.Status;
            context.Response.Headers.RetryAfter = "1";
            return;
        }

        List<(string, string)> said = [("error", error), ("error_description", refusal.Message)];
        if (refusal.AsksForProof)
        {
            said.Add(("algs", Algorithms));
        }

        Write(context, refusal.Status, refusal.AsksForProof ? "DPoP" : "Bearer", said, guard);
    }

    /// <summary>A good credential that is not enough.</summary>
    public static void WriteForbidden(HttpContext context, Guard guard)
    {
        var lacks = context.Features.Get<Lacks>() ?? new Lacks();
        if (lacks.SignIn is { } signIn)
        {
            List<(string, string)> asked =
            [
                ("error", "insufficient_user_authentication"),
                ("error_description", "The call needs a stronger or a more recent sign-in."),
            ];
            asked.AddRange(signIn.Asked);
            Write(context, StatusCodes.Status401Unauthorized, "Bearer", asked, guard);
            return;
        }

        List<(string, string)> said =
        [
            ("error", "insufficient_scope"),
            ("error_description", "The credential lacks what this call needs."),
        ];
        if (lacks.Scopes.Count > 0)
        {
            said.Add(("scope", string.Join(' ', lacks.Scopes)));
        }

        Write(context, StatusCodes.Status403Forbidden, "Bearer", said, guard);
    }

    private static void Write(
        HttpContext context,
        int status,
        string scheme,
        List<(string Name, string Value)> said,
        Guard guard
    )
    {
        if (ResourceMetadata.AddressOf(guard) is { } metadata)
        {
            said.Add(("resource_metadata", metadata));
        }

        var parameters = string.Join(", ", said.Select(one => $"{one.Name}=\"{one.Value}\""));
        context.Response.StatusCode = status;
        context.Response.Headers.Append("WWW-Authenticate", $"{scheme} {parameters}".TrimEnd());
    }
}
