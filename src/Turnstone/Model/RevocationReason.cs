namespace Turnstone.Model;

/// <summary>Why a session ended before its time.</summary>
public enum RevocationReason
{
    Logout,
    Reuse,
    CodeReuse,
    PasswordChanged,
    CredentialRevoked,
    AccountDisabled,
    ClientDisabled,
    ByOperator,
    ByOwner,
}
