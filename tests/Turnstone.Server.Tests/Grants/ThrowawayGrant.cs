using System.Collections.Immutable;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Grants;

/// <summary>
/// A grant as a newcomer would write one: this file and the line that registers it. It takes an email and the word that
/// every account of the example has.
/// </summary>
internal sealed class ThrowawayGrant(IAccountStore accounts) : Grant
{
    public const string TypeName = "urn:example:grant-type:throwaway";
    public const string Word = "open sesame";

    private static readonly GrantParameter Email = new("email", Longest: 254);
    private static readonly GrantParameter Spoken = new("word", Longest: 40, Secret: true);

    public override string Kind => "Throwaway";

    public override string GrantType => TypeName;

    public override ImmutableArray<GrantParameter> Parameters { get; } = [Email, Spoken];

    public override Refusal Wrong { get; } =
        new(RefusalCode.InvalidGrant, "The word is not right.", "Ask for the word.");

    public override async ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var account = EmailAddress.TryNormalize(attempt.Input.Required(Email), out var normalized)
            ? await accounts.FindByEmailAsync(normalized, cancellationToken)
            : null;
        return account is not null && attempt.Input[Spoken] == Word
            ? new Admission
            {
                Grant = Kind,
                Subject = account.Id.ToString(),
                AccountId = account.Id,
                Client = attempt.Client,
                Scopes = attempt.Input.Scopes ?? Scopes.None,
                Preconditions = new Preconditions { Account = (account.Id, account.Epoch) },
            }
            : new FailedProof(Wrong) { ClientId = attempt.Client?.Id };
    }
}
