using Turnstone.Audit;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>GET /.well-known/audit-jwks.json</c>: the public keys of the checkpoints of the audit log, as a JWKS.
/// </summary>
internal sealed class AuditKeysDocument(AuditKeys keys)
{
    public const string Path = "/.well-known/audit-jwks.json";

    public async ValueTask<IResult> AnswerAsync(HttpContext context) =>
        Published.Document(context.Response, await keys.DocumentAsync(context.RequestAborted), Keys.MediaType);
}
