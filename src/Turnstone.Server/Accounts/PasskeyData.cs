using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Identity's data of a passkey, as the text that the account store keeps. Nothing of it is secret: the private key
/// never leaves its device.
/// </summary>
internal sealed record PasskeyData(
    string? Name,
    byte[] PublicKey,
    uint SignCount,
    string[]? Transports,
    bool IsUserVerified,
    bool IsBackupEligible,
    bool IsBackedUp,
    byte[] AttestationObject,
    byte[] ClientDataJson
)
{
    public static string Write(UserPasskeyInfo info) =>
        JsonSerializer.Serialize(
            new PasskeyData(
                info.Name,
                info.PublicKey,
                info.SignCount,
                info.Transports,
                info.IsUserVerified,
                info.IsBackupEligible,
                info.IsBackedUp,
                info.AttestationObject,
                info.ClientDataJson
            )
        );

    public static UserPasskeyInfo Read(Passkey passkey)
    {
        var data =
            JsonSerializer.Deserialize<PasskeyData>(passkey.Data)
            ?? throw new JsonException("A stored passkey cannot be read.");
        return new UserPasskeyInfo(
            passkey.CredentialId,
            data.PublicKey,
            passkey.CreatedAt,
            data.SignCount,
            data.Transports,
            data.IsUserVerified,
            data.IsBackupEligible,
            data.IsBackedUp,
            data.AttestationObject,
            data.ClientDataJson
        )
        {
            Name = data.Name,
        };
    }
}
